"""Kafka, Postgres and Redis from packages."""
