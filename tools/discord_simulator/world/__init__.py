"""Servers, channels, roles, members and who may do what in them."""
