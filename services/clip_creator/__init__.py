"""Makes at most one Twitch clip of each moment and records what came of it."""
