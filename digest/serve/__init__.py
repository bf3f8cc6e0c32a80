"""The archive as a web site: editions, register, vendors and categories, search, ask."""
