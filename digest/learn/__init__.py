"""Learn from the team's corrections: proposals for vocabulary.yaml and their evaluation."""
