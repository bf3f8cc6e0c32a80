"""Search in the archive: words and questions read, candidates ranked, passages quoted.

All of it is pure. The index itself is `digest.archive.search`; names and words of the trade come
from `digest.app.search_lexicon`, which builds a `Lexicon` of the shipped vocabulary.
"""
