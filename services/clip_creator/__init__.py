"""Makes at most one Twitch clip of each moment and records the outcome."""
