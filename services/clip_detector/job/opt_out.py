"""A broadcaster's opt-out in the job: the channel is dropped at that second and ignored until it opts in again.

What became due before that second is emitted first, so every interleaving of rows and timers and every replay gives the
same records.
"""

from typing import Literal

from moment_detection.detection.channel_events import FIELD, PIECE

KIND = "opt_out"
MARK = b"\x00opted out"  # stored instead of a detector's state, whose version is never 0
_FIELD_KIND = f"{FIELD}{KIND}{FIELD}"  # no text contains it: the SQL strips separators
Event = Literal["out", "in"]


def is_mark(packed: bytes) -> bool:
    """Return whether this is the state of a channel that has opted out."""
    return packed == MARK


def last_event(events: str | None) -> Event | None:
    """Return the second's last opt-out or opt-in; None if it has neither, as nearly every second."""
    if not events or _FIELD_KIND not in events:
        return None
    found = []
    for piece in events.split(PIECE):
        sent_at, kind, event, *_ = [*piece.split(FIELD), "", ""]
        if kind == KIND and event in ("out", "in") and sent_at.isdecimal():
            found.append((int(sent_at), event))
    if not found:
        return None
    return "out" if max(found)[1] == "out" else "in"  # at the same instant, out wins
