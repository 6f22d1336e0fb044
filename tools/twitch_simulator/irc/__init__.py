"""Serves chat as Twitch does: IRC over TCP and WebSocket."""
