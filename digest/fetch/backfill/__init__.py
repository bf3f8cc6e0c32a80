"""Reach back for what has left a feed's window: plan, coverage, run and discovery."""
