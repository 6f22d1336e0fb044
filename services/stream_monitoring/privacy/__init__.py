"""Chatters as keyed hashes, and broadcasters who opted out."""
