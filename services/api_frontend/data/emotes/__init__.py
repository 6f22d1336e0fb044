"""Reads emotes: how often they were used in a channel and over all channels, and what they look like."""
