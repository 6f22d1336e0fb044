"""Which channels are watched, and which of them are live."""
