"""The contract: topics, messages, examples and metric names that the services share."""
