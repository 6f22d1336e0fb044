"""Reads Twitch chat into a spool on disk and forwards the spool to Kafka, each record once."""
