"""What a channel's log says beside messages: streams, seconds not read, raids and gifts, rules, deletions."""

from typing import Literal, NamedTuple

FIELD = "\x1f"  # between the fields of a piece; the SQL strips it from every text
PIECE = "\x1e"  # between pieces; stripped as well
Kind = Literal["lifecycle", "coverage", "notice", "room_state"]
KINDS: dict[str, Kind] = {
    "lifecycle": "lifecycle",
    "coverage": "coverage",
    "notice": "notice",
    "room_state": "room_state",
}
SHORT_ID = 8  # characters of a message id that are kept: enough within one moment


class Control(NamedTuple):
    """One record that is no message. Times are milliseconds since 1970 UTC, 0 where absent.

    lifecycle: `subject` stream id, `from_at` the stream's start. coverage: `from_at`, `until_at` of a gap.
    notice: `subject` the deleted message's short id, or the cleared chatter. room_state: `subject` the rules that
    it names, "slow=30 emote_only=FALSE".
    """

    sent_at: int
    kind: Kind
    event: str
    subject: str = ""
    from_at: int = 0
    until_at: int = 0

    @property
    def amount(self) -> int:
        """A raid's viewers, gifts given: a notice has no stretch of time, its amount comes in that place."""
        return self.from_at


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
