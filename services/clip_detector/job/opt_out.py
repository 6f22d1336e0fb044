"""A broadcaster's opt-out in the job: the channel is dropped at the second of the word, and ignored until it is back.

What became due before that second is told first, so every interleaving of rows and timers and every replay says the
same.
"""

from typing import Literal

from moment_detection.detection.channel_events import FIELD, PIECE

KIND = "opt_out"
MARK = b"\x00opted out"  # in the place of a detector's state; no packed detector begins with version 0
MARKED = f"{FIELD}{KIND}{FIELD}"  # no text can hold it: the SQL strips separators
Event = Literal["out", "in"]


def is_mark(packed: bytes) -> bool:
    """Whether this state is a channel's that has opted out."""
    return packed == MARK


def last_event(controls: str | None) -> Event | None:
    """The second's last word; None where there is none, as in nearly every second."""
    if not controls or MARKED not in controls:
        return None
    told = []
    for piece in controls.split(PIECE):
        sent_at, kind, event, *_ = [*piece.split(FIELD), "", ""]
        if kind == KIND and event in ("out", "in") and sent_at.isdecimal():
            told.append((int(sent_at), event))
    return "out" if told and max(told)[1] == "out" else "in" if told else None
