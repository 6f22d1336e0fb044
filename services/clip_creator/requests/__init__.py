"""Requests clips from Twitch and finds out what became of them."""
