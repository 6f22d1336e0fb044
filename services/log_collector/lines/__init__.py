"""From the bytes of Docker's json-file logs to entries for the store: pure."""
