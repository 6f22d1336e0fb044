"""OAuth2: signing in with Discord, and adding the bot to a server."""
