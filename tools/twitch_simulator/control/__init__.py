"""The control API for tests: bursts, plays and faults."""
