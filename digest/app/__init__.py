"""What the product does, without a command line: the use cases that the CLI and the review page call."""
