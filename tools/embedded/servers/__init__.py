"""Kafka, Postgres and Redis out of packages."""
