"""Interactions: what a person does with a command, a button or a form, and how the bot answers."""
