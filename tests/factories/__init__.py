"""Makers of what tests work on: items, stories, editions, desks, servers."""
