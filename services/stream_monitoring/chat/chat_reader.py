"""Turns the bytes of a socket into records of the batch and events for the connection."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from contracts.chat_messages import Message, Notice, RoomState
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.chat.fast_path import Messages, lines_of
from stream_monitoring.chat.irc_line import Line, MalformedLineError, parse_line
from stream_monitoring.chat.message_json import messages_lines, middle_of
from stream_monitoring.chat.parser import Context, Event, Joined, emotes_of, meaning
from stream_monitoring.chat.recent_ids import RecentIds
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import Batch

FUTURE_MS = 60_000  # further ahead of Twitch's clock than this: not true
PAST_MS = 3_600_000  # longer ago than this: not true
UNLEARNED_MS = 3_600_000  # while Twitch's clock is not learned, the machine's may be this wrong
RECORD_TYPES = (Notice, RoomState)
EMOTE_TAGS_REMEMBERED = 20_000  # most messages with emotes have one of the same few tags

encode_json = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Counts:
    """What was read since the counts were last taken."""

    lines: dict[str, int] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    late: int = 0

    def add(self, kind: str, command: str, number: int = 1) -> None:
        """`number` lines with this command, records of this kind; "" counts nothing."""
        if command:
            self.lines[command] = self.lines.get(command, 0) + number
        if kind:
            self.records[kind] = self.records.get(kind, 0) + number


class EmoteTags(dict[bytes, bytes]):
    """The JSON of an emotes tag, remembered; `report` is told of a tag that is malformed."""

    def __init__(self, report: Callable[[bytes, str], None]) -> None:
        super().__init__()
        self._report = report

    def __missing__(self, raw: bytes) -> bytes:
        """The message counts even where its emotes cannot be read."""
        try:
            encoded = encode_json(emotes_of(raw.decode("utf-8", "replace")))
        except MalformedLineError as error:
            self._report(raw, str(error))
            return b"[]"
        if len(self) >= EMOTE_TAGS_REMEMBERED:
            self.clear()
        self[raw] = encoded
        return encoded


class Reading:
    """Parses chunks of whole lines, from any socket, in one thread."""

    def __init__(
        self,
        instance: str,
        batch: Batch,
        chatters: ChatterHash,
        bad_lines: BadLines,
        clock: TwitchClock,
        rooms: dict[str, str],
    ) -> None:
        self.counts = Counts()
        self.recent_ids = RecentIds()
        self.clock = clock
        self.last_tick = 0
        self._batch = batch
        self._chatters = chatters
        self._bad_lines = bad_lines
        self._context = Context(instance, chatters.of, rooms)
        self._emotes = EmoteTags(self._report)
        self._last_sent = 0

    def tick(self, tick_at: int) -> None:
        """Count records at or before this tick as late from now on."""
        self.last_tick = tick_at

    def take_counts(self) -> Counts:
        """Return the counts so far and begin new ones."""
        counts, self.counts = self.counts, Counts()
        return counts

    def parse(self, chunk: bytes, received_at: int) -> tuple[list[Event], int]:
        """Records of `chunk` (whole lines) go to the batch; the events, and the time of its last message or 0.

        `received_at`: milliseconds of the machine's clock.
        """
        events: list[Event] = []
        self._context.received_at = received_at
        self._context.twitch_now = max(self.clock.estimate(received_at), self.last_tick + 1)
        self.recent_ids.turn(received_at)
        self._last_sent = 0
        self._add_lines(chunk, events)
        self._batch.bytes += len(chunk)
        if self._last_sent:
            self.clock.observe(received_at, self._last_sent)
        return events, self._last_sent

    def _believable(self) -> tuple[int, int]:
        now = self.clock.now(self._context.received_at)
        if self.clock.learned:
            return now - PAST_MS, now + FUTURE_MS
        return now - UNLEARNED_MS - PAST_MS, now + UNLEARNED_MS

    def _add_lines(self, chunk: bytes, events: list[Event]) -> None:
        """Messages that follow one another go together; what is between them, line by line, keeps its place."""
        messages, others = lines_of(chunk)
        begin = 0
        for place, other in others.items():
            self._add_messages(messages.part(begin, place))
            self._add_other(other, events)
            begin = place + 1
        self._add_messages(messages.part(begin, None) if begin else messages)

    def _add_messages(self, messages: Messages) -> None:
        """What a message costs is here: each step is one call for all of them, without a loop of our own."""
        fresh = set(messages.message_ids)
        if not self._are_acceptable(messages, fresh):
            messages = self._acceptable_of(messages)
            fresh = set(messages.message_ids)
        if not fresh:
            return
        self.recent_ids.recent |= fresh
        self._last_sent = max(self._last_sent, int(messages.sent_at[-1]))
        lines = messages_lines(
            middle_of(self._context.received_at, self._context.instance),
            messages.channel_ids,
            messages.sent_at,
            messages.message_ids,
            self._chatters.of_all(messages.user_ids),
            messages.texts,
            list(map(self._emotes.__getitem__, messages.emotes)),
        )
        self._batch.add_encoded(lines, len(fresh))
        self.counts.add("message", "PRIVMSG", len(fresh))

    def _are_acceptable(self, messages: Messages, fresh: set[bytes]) -> bool:
        """Whether all are new, later than the last tick and of a believable time; times have 13 digits."""
        if not fresh:
            return True
        earliest, latest = self._believable()
        return (
            len(fresh) == len(messages.message_ids)
            and self.recent_ids.are_new(fresh)
            and min(messages.sent_at) > b"%013d" % max(earliest, self.last_tick)
            and max(messages.sent_at) < b"%013d" % latest
        )

    def _acceptable_of(self, messages: Messages) -> Messages:
        """Those that are new and of a believable time, looked at one by one."""
        seen: set[bytes] = set()
        kept = []
        for place, (message_id, sent_at) in enumerate(zip(messages.message_ids, messages.sent_at, strict=True)):
            if message_id in seen or not self.recent_ids.are_new({message_id}):
                self.counts.duplicates += 1
            elif self._accept_time(int(sent_at), b"%b %b" % (message_id, messages.texts[place])):
                seen.add(message_id)
                kept.append(place)
        return Messages(*([column[place] for place in kept] for column in messages))

    def _report(self, raw: bytes, reason: str) -> None:
        self._bad_lines.add(raw, reason, self._context.received_at)

    def _accept_time(self, sent_at: int, raw: bytes) -> bool:
        """Whether the time can be true; a time at or before the last tick can, and is counted as late."""
        earliest, latest = self._believable()
        if not earliest < sent_at < latest:
            reason = "from the future" if sent_at >= latest else "absurdly old"
            self._report(raw, f"PRIVMSG: {reason} by Twitch's clock")
            return False
        self.counts.late += sent_at <= self.last_tick
        return True

    def _add_other(self, raw: bytes, events: list[Event]) -> None:
        """A line that the inner loop does not know: parsed in full."""
        raw = raw.removesuffix(b"\r")
        if not raw:
            return
        try:
            line = parse_line(raw)
            result = meaning(line, self._context)
        except MalformedLineError as error:
            self.counts.add("", "malformed")
            self._report(raw, str(error))
            return
        for doubt in self._context.doubts:
            self._report(raw, doubt)
        self._context.doubts.clear()
        self.counts.add("", line.command)
        if isinstance(result, Message):
            self._add_message(result, raw)
        elif isinstance(result, RECORD_TYPES):
            self._add_record(result, line, raw, events)
        elif result is not None:
            events.append(result)

    def _add_message(self, message: Message, raw: bytes) -> None:
        if self.recent_ids.seen(message.message_id.encode()):
            self.counts.duplicates += 1
        elif self._accept_time(message.sent_at, raw):
            self._last_sent = max(self._last_sent, message.sent_at)
            self._batch.add(message)
            self.counts.add("message", "")

    def _add_record(self, record: Notice | RoomState, line: Line, raw: bytes, events: list[Event]) -> None:
        if isinstance(record, RoomState):
            if self._context.rooms.get(line.channel) != record.channel_id:
                self._context.rooms[line.channel] = record.channel_id
            events.append(Joined(line.channel, record.channel_id))
        elif self.recent_ids.seen(record.notice_id.encode()):
            self.counts.duplicates += 1
            return
        elif not self._accept_time(record.sent_at, raw):
            return
        self._batch.add(record)
        self.counts.add("room_state" if isinstance(record, RoomState) else "notice", "")
