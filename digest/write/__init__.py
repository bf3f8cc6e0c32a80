"""The text of a story, chosen from the words of its sources, and where they disagree."""
