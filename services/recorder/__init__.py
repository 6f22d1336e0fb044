"""Kafka's results into Postgres: one transaction a batch, offsets after it, higher revisions only."""
