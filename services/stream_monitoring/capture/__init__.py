"""Sockets to Twitch, what they deliver into the spool, and the ticks that say how far it is complete."""
