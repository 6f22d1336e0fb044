"""What can be set, and by which rules: slash commands and the website ask the same functions."""
