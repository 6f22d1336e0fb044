"""Plans the channels, their chatters and what they write, before anything is sent."""
