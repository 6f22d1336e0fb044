"""Sockets to Twitch, and what they deliver into the spool, with a tick that says how far it is complete."""
