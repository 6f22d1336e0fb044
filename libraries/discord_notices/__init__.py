"""What a Discord server may set and what it is told, for all who ask or show it: the bot and the website."""
