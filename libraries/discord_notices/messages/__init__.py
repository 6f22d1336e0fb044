"""What the bot's messages look like: pure, made of settings and facts, in the language of the server."""
