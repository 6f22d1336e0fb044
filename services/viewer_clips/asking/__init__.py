"""Asks Twitch, and turns its answers into messages."""
