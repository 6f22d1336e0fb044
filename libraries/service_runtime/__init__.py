"""What services share: settings, logs, supervision, health, metrics, clients of Kafka and Postgres."""
