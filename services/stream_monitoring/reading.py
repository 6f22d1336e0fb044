"""Turns the bytes of a socket into records of the batch and events for the connection."""

from dataclasses import dataclass, field

import msgspec

from contracts.chat_messages import SCHEMA_VERSION, Message, Notice, RoomState
from stream_monitoring.bad_lines import BadLines
from stream_monitoring.batch import Batch
from stream_monitoring.chatter_hash import ChatterHash
from stream_monitoring.duplicates import RecentIds
from stream_monitoring.line import Line, MalformedLineError, parse_line
from stream_monitoring.message_lines import Row, rows
from stream_monitoring.parser import Context, Event, Joined, emotes_of, meaning
from stream_monitoring.twitch_clock import TwitchClock

FUTURE_MS = 60_000  # further ahead of Twitch's clock than this: not true
PAST_MS = 3_600_000  # longer ago than this: not true
UNLEARNED_MS = 3_600_000  # while Twitch's clock is not learned, the machine's may be this wrong
RECORD_TYPES = (Notice, RoomState)
EMOTE_TAGS_REMEMBERED = 20_000  # most messages with emotes have one of the same few tags

encode_json = msgspec.json.Encoder().encode
MESSAGE_HEAD = b'{"kind":"message","schema_version":%d,"channel_id":"' % SCHEMA_VERSION


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


class EmoteTags:
    """The JSON of an emotes tag, remembered."""

    def __init__(self) -> None:
        self.known: dict[bytes, bytes] = {b"": b"[]"}

    def json(self, raw: bytes) -> bytes:
        """JSON of the tag's emotes; raises MalformedLineError."""
        encoded = encode_json(emotes_of(raw.decode("utf-8", "replace")))
        if len(self.known) >= EMOTE_TAGS_REMEMBERED:
            self.known.clear()
            self.known[b""] = b"[]"
        self.known[raw] = encoded
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
        self._emotes = EmoteTags()
        self._instance_json = encode_json(instance)
        self._last_other_sent = 0

    def parse(self, chunk: bytes, received_at: int) -> tuple[list[Event], int]:
        """Records of `chunk` (whole lines) go to the batch; the events, and the time of its last message or 0.

        `received_at`: milliseconds of the machine's clock.
        """
        events: list[Event] = []
        self._context.received_at = received_at
        self._context.twitch_now = max(self.clock.estimate(received_at), self.last_tick + 1)
        self.recent_ids.turn(received_at)
        earliest, latest = self._believable()
        found = rows(chunk)
        last_sent = self._add_rows(found, b"%013d" % max(earliest, self.last_tick), b"%013d" % latest, events)
        self._batch.bytes += len(chunk)
        if last_sent:
            self.clock.observe(received_at, last_sent)
        return events, last_sent

    def _believable(self) -> tuple[int, int]:
        now = self.clock.now(self._context.received_at)
        if self.clock.learned:
            return now - PAST_MS, now + FUTURE_MS
        return now - UNLEARNED_MS - PAST_MS, now + UNLEARNED_MS

    def _add_rows(self, found: list[Row], tick: bytes, latest: bytes, events: list[Event]) -> int:
        """The inner loop: everything that a message costs is here, so names are local and calls are few."""
        lines, ids, older = self._batch.lines, self.recent_ids.recent, self.recent_ids.older
        chatters, emote_tags = self._chatters.recent, self._emotes.known
        append, remember, encode = lines.append, ids.add, encode_json
        middle = b',"received_at":%d,"instance":%b,"message_id":"' % (self._context.received_at, self._instance_json)
        head, last_sent, duplicates, passed_over = MESSAGE_HEAD, b"", 0, 0
        self._last_other_sent = 0
        for emotes, message_id, channel_id, sent_at, user_id, text, other in found:
            if not message_id:
                passed_over += 1
                self._add_other(other, events)
                continue
            if message_id in ids or message_id in older:
                duplicates += 1
                continue
            if not tick < sent_at < latest and not self._accept_time(int(sent_at), b"%b %b" % (message_id, text)):
                passed_over += 1
                continue
            remember(message_id)
            last_sent = sent_at
            chatter = chatters.get(user_id) or self._chatters.of(user_id)
            if text[:1] == b"\x01":
                text = text.removeprefix(b"\x01ACTION ").removesuffix(b"\x01")
            try:
                words = encode(text.decode())
            except UnicodeDecodeError:
                words = encode(text.decode("utf-8", "replace"))
            places = emote_tags.get(emotes) or self._emotes_or_none(emotes)
            append(channel_id)
            append(
                b'%b%b","sent_at":%b%b%b","chatter":"%b","text":%b,"emotes":%b}'
                % (head, channel_id, sent_at, middle, message_id, chatter, words, places)
            )
        self.counts.duplicates += duplicates
        self.counts.add("message", "PRIVMSG", len(found) - passed_over - duplicates)
        return max(int(last_sent) if last_sent else 0, self._last_other_sent)

    def _accept_time(self, sent_at: int, raw: bytes) -> bool:
        """Whether the time can be true; a time at or before the last tick can, and is counted as late."""
        earliest, latest = self._believable()
        if not earliest < sent_at < latest:
            reason = "from the future" if sent_at >= latest else "absurdly old"
            self._bad_lines.add(raw, f"PRIVMSG: {reason} by Twitch's clock", self._context.received_at)
            return False
        self.counts.late += sent_at <= self.last_tick
        return True

    def _emotes_or_none(self, raw: bytes) -> bytes:
        """The message counts even where its emotes cannot be read."""
        try:
            return self._emotes.json(raw)
        except MalformedLineError as error:
            self._bad_lines.add(raw, str(error), self._context.received_at)
            return b"[]"

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
            self._bad_lines.add(raw, str(error), self._context.received_at)
            return
        for doubt in self._context.doubts:
            self._bad_lines.add(raw, doubt, self._context.received_at)
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
            self._last_other_sent = message.sent_at
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
