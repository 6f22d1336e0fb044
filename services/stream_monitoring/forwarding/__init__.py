"""The spool into Kafka, each record once, by the one instance that holds the lease."""
