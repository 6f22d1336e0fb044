"""The one way to Twitch's HTTP API: deadlines, Twitch's rate budget, tokens and typed answers."""
