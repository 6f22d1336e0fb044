"""Tells Discord servers when streamers go live and when their chat erupts."""
