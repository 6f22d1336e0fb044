"""Twitch's chat lines into records and events."""
