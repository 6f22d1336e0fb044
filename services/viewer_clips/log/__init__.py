"""The Kafka side: what says who is watched, and where viewers' clips go."""
