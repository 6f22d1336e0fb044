"""Asks Twitch what viewers clipped of the watched channels, and says it by Kafka without who they are."""
