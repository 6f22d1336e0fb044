"""The slash commands: what each does, apart from how Discord calls it (tree.py)."""
