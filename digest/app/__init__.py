"""The use cases of the product, called by the command line, the review page and `Digest`."""
