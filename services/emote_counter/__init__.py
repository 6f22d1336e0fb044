"""Counts the uses of emotes in chat, second by second, by the catalogue that was in force when each line was sent."""
