"""What every service starts with: settings, logs, supervision, health, metrics, Kafka clients."""
