"""What brought a crowd to write, and what it felt."""
