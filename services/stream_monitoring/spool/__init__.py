"""This instance's own log on disk."""
