"""Detects the moments when a channel's chat erupts: one Flink job over chat-messages."""
