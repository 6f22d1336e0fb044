"""Twitch chat into a spool on disk, and from there into Kafka, each record once."""
