"""What the pages of the Discord bot say and show."""
