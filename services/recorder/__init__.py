"""Records Kafka's results in Postgres: one transaction per batch, offsets after it, higher revisions only."""
