"""What is known on this disk: channels, streams, recordings, what was told, and up to where Kafka was read."""
