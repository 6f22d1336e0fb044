"""What can go wrong with Discord, as types: whom it concerns, and whether asking again may help."""

# ruff: noqa: N818  (the names say what happened, as in twitch_access.errors)

from typing import Literal

ChannelReason = Literal["channel_gone", "server_gone", "no_access", "no_permission", "wrong_type"]
CODES: dict[int, ChannelReason] = {  # Discord's error codes of a text channel that cannot be posted into
    10003: "channel_gone",
    10004: "server_gone",
    50001: "no_access",
    50013: "no_permission",
    50008: "wrong_type",
    50024: "wrong_type",
}
MESSAGE_GONE = 10008
EDITS_SPENT = 30046


class DiscordError(Exception):
    """Discord did not do what was asked for."""


class Away(DiscordError):
    """Discord did not answer, or answered with 429 or 5xx. `reached`: it may have acted on the request all the same."""

    def __init__(self, reason: str, reached: bool) -> None:
        super().__init__(reason)
        self.reached = reached


class ChannelRefused(DiscordError):
    """Nothing can be posted into this text channel until a person changes something."""

    def __init__(self, reason: ChannelReason) -> None:
        super().__init__(reason)
        self.reason: ChannelReason = reason

    @property
    def is_for_good(self) -> bool:
        """Whether nobody sees any more what was posted there."""
        return self.reason in ("channel_gone", "server_gone")


class MessageGone(DiscordError):
    """Somebody deleted the message."""


class EditsSpent(DiscordError):
    """The message is older than an hour and was edited too often lately."""


class Rejected(DiscordError):
    """Discord takes no such message, whoever sends it."""


class TokenRefused(DiscordError):
    """Discord does not know the token (any more)."""


def error_of(status: int, code: int, text: str) -> DiscordError:
    """Return the error of an answer that was no success. `code`: Discord's own, 0 without one."""
    if status == 401:
        return TokenRefused(text)
    if code == EDITS_SPENT:  # its status is 429 too; discord.py has waited and tried five times by then
        return EditsSpent(text)
    if status == 429 or status >= 500:
        return Away(f"Discord answered {status}", reached=status != 429)
    if code == MESSAGE_GONE:
        return MessageGone(text)
    if code in CODES:
        return ChannelRefused(CODES[code])
    if status == 403:
        return ChannelRefused("no_permission")
    if status == 404:
        return ChannelRefused("channel_gone")
    return Rejected(f"{status}/{code}: {text}")
