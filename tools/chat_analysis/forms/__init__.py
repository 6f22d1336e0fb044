"""The forms that chat is recorded in: each is told by its content and read as messages, a few thousand at a time."""
