"""The gateway: sessions over WebSocket that tell the bot what happens."""
