"""Notices the moments when a channel's crowd erupts: one Flink job over chat-messages."""
