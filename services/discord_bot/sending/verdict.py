"""What an intent is worth now: pure, from what is known of its stream, moment or period."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from discord_bot.sending.discord_side import Searched
from discord_notices.messages.message import Message
from discord_notices.rules.stream import PolledStream

SEEN_SECONDS = 120.0  # without a poll that lists it, after which nobody can say that a stream is live
GIVE_UP_SECONDS = 3600.0  # an intent that waited for so long is over
CLOCK_SECONDS = 60.0  # by which Discord's clock and Postgres's may differ


class Built(Struct, frozen=True, kw_only=True):
    """A message that may be sent now, and which version of its subject it shows."""

    message: Message
    shown_version: int


Verdict = Built | Literal["wait", "over"]
Found = Literal["sent", "missing", "unknown"]


def stream_verdict(stream: PolledStream, at: datetime, intended_at: datetime) -> Literal["now", "wait", "over"]:
    """Return whether a stream may be announced now: only what a poll has listed lately is live."""
    if stream.ended_at is not None:
        return "over"
    if stream.is_live and at - stream.seen_at <= timedelta(seconds=SEEN_SECONDS):
        return "now"
    return "over" if at - intended_at > timedelta(seconds=GIVE_UP_SECONDS) else "wait"


def found_by(searched: Searched, nonce: str, intended_at: datetime) -> Found:
    """Return whether our message is among the last ones of its text channel.

    Where these do not reach back to the intent, nobody can tell.
    """
    if nonce in searched.own:
        return "sent"
    if searched.oldest_at is None or searched.oldest_at < intended_at - timedelta(seconds=CLOCK_SECONDS):
        return "missing"
    return "unknown"
