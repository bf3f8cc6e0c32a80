"""A quarterly innovation digest of marketing technology."""

__version__ = "0.1.0"
