"""Reads this machine's container logs for the collector on machine B; keeps nothing and knows only Python's own library."""
