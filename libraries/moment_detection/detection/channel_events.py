"""A channel's records other than messages: streams, coverage, notices and room rules, as the SQL passes them on."""

from typing import Literal, NamedTuple

FIELD = "\x1f"  # separates the fields of a piece; the SQL strips it from every text
PIECE = "\x1e"  # separates pieces; stripped as well
Kind = Literal["lifecycle", "coverage", "notice", "room_state"]
KINDS: dict[str, Kind] = {
    "lifecycle": "lifecycle",
    "coverage": "coverage",
    "notice": "notice",
    "room_state": "room_state",
}
SHORT_ID = 8  # characters kept of a message id; unique enough within one moment


class ChannelEvent(NamedTuple):
    """One record that is not a message. Times are milliseconds since 1970 UTC, 0 where absent.

    lifecycle: `subject` is the stream id, `from_at` the stream's start. coverage: a gap lasts from `from_at` until
    `until_at`. notice: `subject` is the short id of the deleted message, or the timed-out chatter. room_state:
    `subject` lists the rules it sets, for example "slow=30 emote_only=FALSE".
    """

    sent_at: int
    kind: Kind
    name: str
    subject: str = ""
    from_at: int = 0
    until_at: int = 0

    @property
    def amount(self) -> int:
        """A raid's viewers or the number of gifts: a notice carries its amount in the field of `from_at`."""
        return self.from_at


DELETIONS = ("message_deleted", "chatter_cleared", "chat_cleared")
FIELD_COUNT = 6


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() else 0


def parse_events(pieces: str | None) -> list[ChannelEvent]:
    """Parse the events of one second and sort them by time; skip malformed pieces."""
    events: list[ChannelEvent] = []
    for piece in (pieces or "").split(PIECE):
        fields = piece.split(FIELD)
        if len(fields) != FIELD_COUNT:
            continue
        sent_at, kind, name, subject, from_at, until_at = fields
        if kind in KINDS:
            events.append(
                ChannelEvent(_number(sent_at), KINDS[kind], name, subject, _number(from_at), _number(until_at))
            )
    events.sort(key=lambda event: event.sent_at)  # stable: events of one millisecond keep their order
    return events
