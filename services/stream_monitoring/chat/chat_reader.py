"""Turns the bytes of a socket into records of the batch and events for the connection."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from contracts.chat_messages import Message, Notice, RoomState
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.chat.fast_path import encode_json, message_lines, parse_lines
from stream_monitoring.chat.irc_line import IrcLine, MalformedLineError, parse_line
from stream_monitoring.chat.parser import Context, Event, Joined, emotes_of, interpret, is_relayed, message_in
from stream_monitoring.chat.recent_ids import RecentIds
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import Batch

FUTURE_MS = 60_000  # a time further ahead of Twitch's clock than this is wrong
PAST_MS = 3_600_000  # a time longer ago than this is wrong
UNLEARNED_MS = 3_600_000  # until Twitch's clock is learned, the machine's clock may be this wrong
REFRESH_MS = 1_000  # between two looks at what changes slowly
EMOTE_TAGS_REMEMBERED = 20_000  # most messages with emotes have one of the same few tags

ParserPath = Literal["fast", "slow"]


@dataclass(slots=True)
class Counts:
    """What was read since the counts were last collected."""

    other_lines: Counter[str] = field(default_factory=Counter)  # by command
    other_records: Counter[str] = field(default_factory=Counter)  # by kind
    fast_messages: int = 0  # new ones, from the fast path
    fast_relayed: int = 0  # of another room of a Shared Chat session: no records
    slow_relayed: int = 0
    fast_ignored: int = 0  # of people who count for nothing: no records
    slow_ignored: int = 0
    duplicates: int = 0
    late: int = 0

    @property
    def lines_of_fast_path(self) -> int:
        """Lines that the fast path recognized, repeated ones left out."""
        return self.fast_messages + self.fast_relayed + self.fast_ignored

    @property
    def lines(self) -> Counter[str]:
        """Lines by command."""
        return self.other_lines + Counter(PRIVMSG=self.lines_of_fast_path)

    @property
    def records(self) -> Counter[str]:
        """Records by kind."""
        return self.other_records + Counter(message=self.fast_messages)

    @property
    def relayed(self) -> int:
        """Lines that Twitch relayed from another room, dropped."""
        return self.fast_relayed + self.slow_relayed

    @property
    def ignored(self) -> int:
        """Messages of people who count for nothing, dropped."""
        return self.fast_ignored + self.slow_ignored

    @property
    def paths(self) -> dict[ParserPath, int]:
        """Chat messages by their parser."""
        return {"fast": self.lines_of_fast_path, "slow": self.other_lines["PRIVMSG"]}


class EmotesJson(dict[bytes, bytes]):
    """The JSON of each emotes tag met so far."""

    def __missing__(self, raw: bytes) -> bytes:
        """Encode the tag; raises MalformedLineError."""
        encoded = encode_json(emotes_of(raw.decode("utf-8", "replace")))
        if len(self) >= EMOTE_TAGS_REMEMBERED:
            self.clear()
        self[raw] = encoded
        return encoded


class ChatReader:
    """Reads chunks of whole lines, from any socket, in one thread."""

    def __init__(
        self,
        instance: str,
        batch: Batch,
        chatters: ChatterHash,
        bad_lines: BadLines,
        clock: TwitchClock,
        channel_ids: dict[str, str],
        ignored: Collection[str] = (),
    ) -> None:
        """`ignored`: logins of people whose messages count for nothing."""
        self.counts = Counts()
        self.recent_ids = RecentIds()
        self.clock = clock
        self.last_tick = 0
        self._batch = batch
        self._chatters = chatters
        self._bad_lines = bad_lines
        self._context = Context(instance, chatters.of, channel_ids)
        self._ignored = frozenset(login.encode() for login in ignored)
        self._emotes = EmotesJson()
        self._instance = encode_json(instance)
        self._refreshed_at = -REFRESH_MS
        self._earliest = self._latest = 0
        self._last_sent = 0
        self._last_rejected = 0  # the last time that was too far in the future

    def tick(self, tick_at: int) -> None:
        """Count records at or before this tick as late from now on."""
        self.last_tick = tick_at

    def take_counts(self) -> Counts:
        """Return the counts so far and begin new ones."""
        counts, self.counts = self.counts, Counts()
        return counts

    def read(self, chunk: bytes, received_at: int) -> tuple[list[Event], int]:
        """Add the records of `chunk` (whole lines) to the batch; return the events and the time of the last message.

        `received_at`: milliseconds of the machine's clock. The time is 0 where no message came.
        """
        events: list[Event] = []
        self._context.received_at = received_at
        if not self._refreshed_at <= received_at < self._refreshed_at + REFRESH_MS:
            self._refresh(received_at)
        self._last_sent = self._last_rejected = 0
        self._read_lines(chunk, events)
        self._batch.bytes += len(chunk)
        # Where all times are in the future, this machine may have slept: the clock decides by the latest of them.
        if observed := self._last_sent or self._last_rejected:
            self.clock.observe(received_at, observed)
        return events, self._last_sent

    def _refresh(self, received_at: int) -> None:
        """Forget old ids, and decide between which times a record's time can be true."""
        self.recent_ids.rotate(received_at)
        now = self.clock.now(received_at)
        if self.clock.learned:
            self._refreshed_at = received_at
            self._earliest, self._latest = now - PAST_MS, now + FUTURE_MS
        else:  # until it is learned, with every read
            self._earliest, self._latest = now - UNLEARNED_MS - PAST_MS, now + UNLEARNED_MS

    def _read_lines(self, chunk: bytes, events: list[Event]) -> None:
        received_at, instance, chatter_of = b"%d" % self._context.received_at, self._instance, self._chatters.of
        messages: list[bytes] = []
        for emotes, message_id, channel_id, source_id, sent_at, user_id, login, action, text, other_line in parse_lines(
            chunk
        ):
            if not message_id:
                self._add_messages(messages)
                messages = []
                self._read_other(other_line, events)
                continue
            if source_id and source_id != channel_id:
                self.counts.fast_relayed += 1
                continue
            if login in self._ignored:
                self.counts.fast_ignored += 1
                continue
            sent_ms = int(sent_at)
            if not self._earliest < sent_ms < self._latest:
                self._report_time(sent_ms, line_with(message_id, chunk))
            elif self._is_new(message_id, sent_ms):
                if sent_ms > self._last_sent:
                    self._last_sent = sent_ms
                chatter, emotes = chatter_of(user_id), self._emotes_json(emotes, message_id, chunk)
                text = action or text
                messages.append(
                    message_lines(received_at, instance, channel_id, sent_at, message_id, chatter, text, emotes)
                )
        self._add_messages(messages)

    def _emotes_json(self, raw: bytes, message_id: bytes, chunk: bytes) -> bytes:
        """Return the JSON of an emotes tag; a malformed one becomes no emotes, so that its message still counts."""
        try:
            return self._emotes[raw]
        except MalformedLineError as error:
            self._report(line_with(message_id, chunk), str(error))
            return b"[]"

    def _add_messages(self, messages: list[bytes]) -> None:
        self._batch.add_encoded(messages)
        self.counts.fast_messages += len(messages)

    def _is_new(self, record_id: bytes, sent_at: int) -> bool:
        """Return whether a record is new; count a duplicate, and a new one that is late."""
        if not self.recent_ids.add(record_id):
            self.counts.duplicates += 1
            return False
        if sent_at <= self.last_tick:
            self.counts.late += 1
        return True

    def _accept(self, record_id: bytes, sent_at: int, raw: bytes) -> bool:
        """Return whether a record is new and its time believable; report `raw` if the time is not."""
        if self._earliest < sent_at < self._latest:
            return self._is_new(record_id, sent_at)
        self._report_time(sent_at, raw)
        return False

    def _report_time(self, sent_at: int, raw: bytes) -> None:
        reason = "absurdly old"
        if sent_at >= self._latest:
            reason, self._last_rejected = "from the future", sent_at
        self._report(raw, f"PRIVMSG: {reason} by Twitch's clock")

    def _report(self, raw: bytes, reason: str) -> None:
        self._bad_lines.add(raw, reason, self._context.received_at)

    def _read_other(self, raw: bytes, events: list[Event]) -> None:
        """Parse in full a line that the fast path does not recognize."""
        raw = raw.removesuffix(b"\r")
        if not raw:
            return
        self._context.twitch_now = max(self.clock.estimate(self._context.received_at), self.last_tick + 1)
        try:
            line = parse_line(raw)
            if is_relayed(line, self._context):
                self.counts.other_lines[line.command] += 1
                self.counts.slow_relayed += 1
                return
            result = interpret(line, self._context)
        except MalformedLineError as error:
            self.counts.other_lines["malformed"] += 1
            self._report(raw, str(error))
            return
        self.counts.other_lines[line.command] += 1
        if isinstance(result, Message):
            self._add_message(result, line, raw)
        elif isinstance(result, Notice):
            self._add_notice(result, line, raw)
        elif isinstance(result, RoomState):
            self._add_room_state(result, line, events)
        elif result is not None:
            events.append(result)
        for problem in self._context.problems:
            self._report(raw, problem)
        self._context.problems.clear()

    def _add_message(self, message: Message, line: IrcLine, raw: bytes) -> None:
        if line.login.encode() in self._ignored:
            self.counts.slow_ignored += 1
        elif self._accept(message.message_id.encode(), message.sent_at, raw):
            self._last_sent = max(self._last_sent, message.sent_at)
            self._add(message, "message")

    def _add_notice(self, notice: Notice, line: IrcLine, raw: bytes) -> None:
        """Add the notice and, as a message, what its author wrote beside it."""
        if self._accept(notice.notice_id.encode(), notice.sent_at, raw):
            self._add(notice, "notice")
            message = message_in(notice, line, self._context)
            if message is not None and line.login.encode() not in self._ignored:
                self._add(message, "message")

    def _add_room_state(self, state: RoomState, line: IrcLine, events: list[Event]) -> None:
        if self._context.channel_ids.get(line.channel) != state.channel_id:
            self._context.channel_ids[line.channel] = state.channel_id
        events.append(Joined(line.channel, state.channel_id))
        self._add(state, "room_state")

    def _add(self, record: Message | Notice | RoomState, kind: str) -> None:
        self._batch.add(record)
        self.counts.other_records[kind] += 1


def line_with(message_id: bytes, chunk: bytes) -> bytes:
    """Return the line of a chunk that has this message id, without its end."""
    begin = chunk.rfind(b"\n", 0, chunk.index(b";id=%b;" % message_id)) + 1
    return chunk[begin : chunk.index(b"\r\n", begin)]
