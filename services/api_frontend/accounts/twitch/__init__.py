"""Streamers and editors who sign in with Twitch, and what is done in their name."""
