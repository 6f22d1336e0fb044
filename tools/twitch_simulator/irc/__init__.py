"""Chat as Twitch serves it: IRC over TCP and WebSocket."""
