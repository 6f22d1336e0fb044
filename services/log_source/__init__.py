"""Reads this machine's container logs for the collector on machine B; keeps nothing, needs no package."""
