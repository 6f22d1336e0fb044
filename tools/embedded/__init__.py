"""Runs the servers and services of Stream Scout on one machine, from packages and without containers."""
