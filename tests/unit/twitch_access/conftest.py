"""The fixture `twitch`: a scripted Twitch on loopback."""

from unit.support.scripted_twitch import twitch

__all__ = ["twitch"]
