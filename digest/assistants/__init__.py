"""A read-only server of the archive for assistants, in the Model Context Protocol."""
