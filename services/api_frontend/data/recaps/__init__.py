"""A stream's recap, and what it is read from."""
