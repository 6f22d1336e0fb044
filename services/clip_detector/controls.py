"""What a channel's log says beside messages: streams that begin and end, seconds not read, deletions."""

from typing import Literal, NamedTuple

FIELD = "\x1f"  # between the fields of a piece; the SQL strips it from every text
PIECE = "\x1e"  # between pieces; stripped as well
Kind = Literal["lifecycle", "coverage", "notice"]
KINDS: dict[str, Kind] = {"lifecycle": "lifecycle", "coverage": "coverage", "notice": "notice"}
SHORT_ID = 8  # characters of a message id that are kept: enough within one moment


class Control(NamedTuple):
    """One lifecycle, coverage or deletion record. Times are milliseconds since 1970 UTC, 0 where absent.

    lifecycle: `subject` stream id, `from_at` the stream's start. coverage: `from_at`, `until_at` of a gap.
    notice: `subject` the deleted message's short id, or the cleared chatter.
    """

    sent_at: int
    kind: Kind
    event: str
    subject: str = ""
    from_at: int = 0
    until_at: int = 0


DELETIONS = ("message_deleted", "chatter_cleared", "chat_cleared")
FIELD_COUNT = 6


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0


def parse_controls(pieces: str | None) -> list[Control]:
    """The controls of one second in the order of their times; a piece of another shape is left out."""
    found: list[Control] = []
    for piece in (pieces or "").split(PIECE):
        fields = piece.split(FIELD)
        if len(fields) != FIELD_COUNT:
            continue
        sent_at, kind, event, subject, from_at, until_at = fields
        if kind in KINDS:
            found.append(Control(_number(sent_at), KINDS[kind], event, subject, _number(from_at), _number(until_at)))
    found.sort(key=lambda control: control.sent_at)  # stable: records of one millisecond keep their order
    return found
