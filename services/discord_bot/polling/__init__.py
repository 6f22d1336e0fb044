"""Asks Twitch who of the followed is live, what they are called, and where their recordings are."""
