"""What the pages of the Discord bot keep and show."""
