"""The program's version; the build reads it from here."""

__version__ = "1.0.0"
# Where the repository is published; User-Agent and wheel name it. Empty until there is such a page:
# a publisher who follows an address must not land at somebody else's.
PROJECT_PAGE = ""
