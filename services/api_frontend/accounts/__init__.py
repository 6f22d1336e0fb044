"""People who sign in with Discord to set what the bot does in their servers."""
