"""Orders from tests: bursts, plays and faults."""
