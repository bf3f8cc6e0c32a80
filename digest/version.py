"""The program's version; the build reads it from here."""

__version__ = "0.1.0"
# Where the project is published; the User-Agent names it. Empty until there is such a page: a
# publisher who follows an address must not land at somebody else's.
PROJECT_PAGE = ""
