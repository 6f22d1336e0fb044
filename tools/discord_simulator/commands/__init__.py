"""Application commands: what a bot registers, and what a person types."""
