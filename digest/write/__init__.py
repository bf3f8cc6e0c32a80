"""What a story is told with: `summaries` takes the words from its sources (pure, the default)."""
