"""Highlights as lists that editing programs and video sites read: ranges of a recording in, text out. Pure."""
