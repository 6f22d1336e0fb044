"""Brings a machine to another version: the website blue and green, the rest service by service, and back by itself."""
