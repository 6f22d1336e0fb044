"""Messages: what may be in one, who is pinged, and the channels' histories."""
