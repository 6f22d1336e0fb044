"""Twitch's HTTP API, sign-in and clips."""
