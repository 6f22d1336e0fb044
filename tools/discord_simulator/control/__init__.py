"""The control API for tests: servers, people and faults."""
