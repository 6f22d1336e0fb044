"""The servers and services of Stream Scout on one machine, out of packages and without containers."""
