"""Detect the moments when a channel's crowd erupts: rows of seconds in, contract messages out. Pure."""
