"""Twitch's HTTP API, its sign-in and its clips."""
