"""Counts the uses of emotes in the open minutes of one partition of chat-messages, by event time.

Only ticks close minutes. The same records in any order, some of them twice, give the same minutes: a message counts
once, and what comes after its minute was closed is reported, never counted. Nothing is kept on disk: after a crash,
whoever counts reads again from `position()`, before which no record belongs to a minute that is still open.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.emote_counts import (
    EMOTES_A_MINUTE,
    ID_CHARACTERS,
    NAME_CHARACTERS,
    SCHEMA_VERSION,
    EmoteCounts,
    EmoteUses,
)
from emote_counts.packing import MOST_USES, pack_seconds
from emote_counts.position import UNKNOWN, Position
from emote_counts.uses import EmoteKey

MINUTE_MS = 60_000
OPEN_EMOTES = 20_000  # of a partition's open minutes at most, some 8 MB; fifty channels at their usual have 7,000
LEAD_MS = 60_000  # a record may come so long before the tick of its time, while capture waits for a slow socket
AHEAD_MS = 3_600_000  # a time so far ahead of the ticks is wrong, and its minute would stay open as long
NEVER = 2**63 - 1  # ms
NUL = "\x00"  # Postgres stores none


@dataclass
class Counted:
    """What was counted since the start, and what was not."""

    messages: int = 0
    late: int = 0  # messages with emotes, of minutes that were closed before
    ahead: int = 0  # messages with emotes, of a time that has not come
    repeated: int = 0  # messages that were counted already
    too_many: int = 0  # uses of emotes beyond the bounds of memory
    odd: int = 0  # uses of emotes whose name or id nobody can store


class _Emote:
    """One emote in a channel's minute: the second of each use, and a bit for each chatter by their number."""

    __slots__ = ("people", "seconds")

    def __init__(self) -> None:
        self.seconds = bytearray()
        self.people = 0


class _ChannelMinute:
    """A channel's open minute."""

    __slots__ = ("chatters", "emotes", "messages", "shown")

    def __init__(self) -> None:
        self.emotes: dict[EmoteKey, _Emote] = {}
        self.chatters: dict[str, int] = {}  # to their bit, of those with emotes
        self.messages: set[str] = set()  # ids of those with emotes
        self.shown = 0  # messages in the last revision

    def record(self, channel_id: str, minute_at: int, is_closed: bool) -> EmoteCounts:
        """Return the minute as it is now."""
        emotes = [
            EmoteUses(
                provider=provider,  # type: ignore[arg-type]  # the catalogue knows these four
                id=emote_id,
                name=name,
                seconds=pack_seconds(_uses(emote.seconds)),
                people=emote.people.bit_count(),
            )
            for (provider, emote_id, name), emote in sorted(self.emotes.items())
        ]
        self.shown = len(self.messages)
        return EmoteCounts(
            schema_version=SCHEMA_VERSION,
            channel_id=channel_id,
            minute_at=minute_at,
            is_closed=is_closed,
            emotes=emotes,
        )


def _uses(seconds: bytearray) -> Iterable[tuple[int, int]]:
    """Return pairs (second, uses) by ascending second."""
    if len(seconds) == 1:
        return ((seconds[0], 1),)
    return ((second, min(uses, MOST_USES)) for second, uses in sorted(Counter(seconds).items()))


class Tally:
    """Counts one partition, from `position` on. For one thread. `counted` and `open_emotes` are for metrics."""

    def __init__(self, position: Position, most_open: int = OPEN_EMOTES) -> None:
        self.counted = Counted()
        self.open_emotes = 0
        self._most_open = most_open
        self._minutes: dict[int, dict[str, _ChannelMinute]] = {}
        self._first_offsets: dict[int, int] = {}  # of each open minute
        self._position = position
        self._whole_from = UNKNOWN if position.closed_until == UNKNOWN else 0  # minutes before were begun unread
        self._closed_until = position.closed_until
        self._latest = NEVER if position.tick_at is None else position.tick_at + AHEAD_MS
        self._opted_out = set(position.opted_out)
        self._last_tick: tuple[int, int] | None = None  # offset and time

    def add(
        self, channel_id: str, sent_at: int, message_id: str, chatter: str, uses: Iterable[EmoteKey], offset: int
    ) -> None:
        """Count a message with at least one use, of the time `sent_at` (ms), at this offset of the partition."""
        minute_at = sent_at - sent_at % MINUTE_MS
        if not self._closed_until <= minute_at <= self._latest or channel_id in self._opted_out:
            self._refuse(channel_id, minute_at, offset)
            return
        channels = self._minutes.get(minute_at)
        if channels is None:
            channels = self._minutes[minute_at] = {}
            self._first_offsets[minute_at] = offset
        minute = channels.get(channel_id)
        if minute is None:
            minute = channels[channel_id] = _ChannelMinute()
        if message_id in minute.messages:
            self.counted.repeated += 1
            return
        minute.messages.add(message_id)
        self.counted.messages += 1
        bit = 1 << minute.chatters.setdefault(chatter, len(minute.chatters))
        second = (sent_at - minute_at) // 1000
        for key in uses:
            emote = minute.emotes.get(key) or self._new_emote(minute, key)
            if emote is not None:
                emote.seconds.append(second)
                emote.people |= bit

    def _refuse(self, channel_id: str, minute_at: int, offset: int) -> None:
        """Report a message that is late, not one that is read again or of a minute that was never whole; or ahead."""
        is_new = offset >= self._position.read_until and minute_at >= self._whole_from
        if is_new and channel_id not in self._opted_out:
            self.counted.ahead += minute_at > self._latest
            self.counted.late += minute_at < self._closed_until

    def _new_emote(self, minute: _ChannelMinute, key: EmoteKey) -> _Emote | None:
        """Begin to count an emote, unless it cannot be stored or too many are counted already."""
        _, emote_id, name = key
        if not (0 < len(emote_id) <= ID_CHARACTERS and 0 < len(name) <= NAME_CHARACTERS) or NUL in emote_id + name:
            self.counted.odd += 1
            return None
        if len(minute.emotes) >= EMOTES_A_MINUTE or self.open_emotes >= self._most_open:
            self.counted.too_many += 1
            return None
        self.open_emotes += 1
        minute.emotes[key] = emote = _Emote()
        return emote

    def tick(self, sent_at: int, offset: int) -> list[EmoteCounts]:
        """Close the minutes that end by a tick, and return them, the oldest first.

        The tick, of the time `sent_at` (ms), says that no record at or before it follows.
        """
        if self._whole_from == UNKNOWN:
            self._whole_from = -(-(sent_at + LEAD_MS) // MINUTE_MS) * MINUTE_MS
            self._close(self._whole_from)
        closed = self._close((sent_at + 1) // MINUTE_MS * MINUTE_MS)
        self._last_tick, self._latest = (offset, sent_at), sent_at + AHEAD_MS
        return closed

    def _close(self, until: int) -> list[EmoteCounts]:
        """Forget the minutes before this time and return them."""
        self._closed_until = max(self._closed_until, until)
        found = []
        for minute_at in sorted(each for each in self._minutes if each < self._closed_until):
            del self._first_offsets[minute_at]
            for channel_id, minute in self._minutes.pop(minute_at).items():
                self.open_emotes -= len(minute.emotes)
                if minute.emotes:
                    found.append(minute.record(channel_id, minute_at, is_closed=True))
        return found

    def revisions(self, channel_ids: Iterable[str]) -> list[EmoteCounts]:
        """Return the open minutes of these channels that have changed since they were last asked for."""
        wanted = set(channel_ids)
        return [
            minute.record(channel_id, minute_at, is_closed=False)
            for minute_at, channels in sorted(self._minutes.items())
            for channel_id, minute in channels.items()
            if channel_id in wanted and minute.emotes and len(minute.messages) > minute.shown
        ]

    def set_opted_out(self, channel_id: str, is_out: bool) -> None:
        """Forget a channel and count nothing more of it, or count it again."""
        if not is_out:
            self._opted_out.discard(channel_id)
            return
        self._opted_out.add(channel_id)
        for channels in self._minutes.values():
            minute = channels.pop(channel_id, None)
            self.open_emotes -= len(minute.emotes) if minute else 0

    def position(self) -> Position:
        """Return from where to read again; it is that of the last tick, since ticks alone can be found again."""
        if self._last_tick is None:
            return self._position
        offset, sent_at = self._last_tick
        return Position(
            offset=min(self._first_offsets.values(), default=offset + 1),
            read_until=offset + 1,
            closed_until=self._closed_until,
            tick_offset=offset,
            tick_at=sent_at,
            opted_out=tuple(sorted(self._opted_out)),
        )
