"""From planned messages to bytes: ids, times, truth first, then one write a socket."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from random import Random
from uuid import UUID

from twitch_simulator import irc_lines
from twitch_simulator.bursts import PlannedMessage
from twitch_simulator.chatters import Chatter
from twitch_simulator.clock import TwitchClock
from twitch_simulator.emotes import emotes_tag
from twitch_simulator.faults import Faults
from twitch_simulator.rooms import LINE_END, Rooms, without_tags
from twitch_simulator.truth import Truth, message_row

REPLY_SHARE = 0.03
ECHO_SECONDS = 2.0  # a duplicate comes at most this much later than the original


class Delivery:
    """Sends messages to the rooms and writes them to the truth files before."""

    def __init__(self, rooms: Rooms, truth: Truth, faults: Faults, clock: TwitchClock, rng: Random) -> None:
        self.sent = 0
        self.unsent = 0
        self.last_line: dict[str, tuple[str, Chatter, str]] = {}  # login: message id, chatter, text
        self._rooms, self._truth, self._faults, self._clock, self._rng = rooms, truth, faults, clock, rng
        self._parts: dict[str, tuple[str, str, str, str]] = {}
        self._delayed: list[tuple[int, int, str, str, str, str]] = []  # release, order, login, channel, line, row
        self._order = 0
        self._replies = True

    def send(self, messages: Iterable[PlannedMessage], now: int) -> None:
        """Send what is due by `now` (ms, the machine's clock), late copies too. The caller flushes the rooms."""
        lines: dict[str, list[str]] = defaultdict(list)
        rows: list[str] = []
        heard: dict[str, bool] = {}
        for message in messages:
            login, channel_id = message.channel.login, message.channel.channel_id
            sent_at = message.at + self._clock.offset_ms
            line, row = self._render(message, sent_at)
            if self._faults.disorder_share and self._rng.random() < self._faults.disorder_share:
                self._delay(message.at + self._faults.disorder_seconds * 1000, login, channel_id, line, row)
                continue
            self._pass_on(login, channel_id, line, row, sent_at // 1000, lines, rows, heard)
        while self._delayed and self._delayed[0][0] <= now:
            _, _, login, channel_id, line, row = heapq.heappop(self._delayed)
            self._pass_on(login, channel_id, line, row, self._clock.now() // 1000, lines, rows, heard)
        self._truth.messages(rows)
        self._truth.flush(self._clock.now() // 1000 - 1)
        for login, texts in lines.items():
            self._queue(login, "".join(texts))

    def _pass_on(
        self,
        login: str,
        channel_id: str,
        line: str,
        row: str,
        second: int,
        lines: dict[str, list[str]],
        rows: list[str],
        heard: dict[str, bool],
    ) -> None:
        if login not in heard:
            heard[login] = bool(self._rooms.listeners(login))
        if not heard[login]:
            if row:
                self.unsent += 1
                self._truth.unsent(channel_id, second)
            return
        lines[login].append(line)
        if not row:  # a duplicate: its truth is written already
            return
        rows.append(row)
        self.sent += 1
        if self._faults.duplicate_share and self._rng.random() < self._faults.duplicate_share:
            self._delay(self._clock.machine() + self._rng.random() * ECHO_SECONDS * 1000, login, channel_id, line, "")

    def _delay(self, latest: float, login: str, channel_id: str, line: str, row: str) -> None:
        earliest = self._clock.machine()
        release = round(self._rng.uniform(earliest, max(earliest, latest)))
        self._order += 1
        heapq.heappush(self._delayed, (release, self._order, login, channel_id, line, row))

    def _queue(self, login: str, chunk: str) -> None:
        plain: str | None = None
        for member in self._rooms.listeners(login):
            if plain is None and "twitch.tv/tags" not in member.capabilities:
                plain = without_tags(chunk)
            member.queue(chunk, plain)

    def heard(self, login: str) -> bool:
        """Whether anyone hears what is said in a room."""
        return bool(self._rooms.listeners(login))

    def send_line(self, login: str, line: str) -> None:
        """Queue one line that is no message to all who hear in a room."""
        self._queue(login, line + LINE_END)

    def script(self, messages: list[PlannedMessage], now: int) -> list[dict[str, object]]:
        """Send messages exactly as they are, at once; returns their rows of the truth, heard or not."""
        self._replies = False
        rendered: list[dict[str, object]] = []
        for message in messages:
            self.send([message], now)
            message_id = self.last_line[message.channel.login][0]
            channel_id, sent_at = message.channel.channel_id, message.at + self._clock.offset_ms
            rendered.append({"message_id": message_id, "channel_id": channel_id, "sent_at": sent_at})
        self._replies = True
        self._rooms.flush()
        return rendered

    def _render(self, message: PlannedMessage, sent_at: int) -> tuple[str, str]:
        channel, chatter, said = message.channel, message.chatter, message.text
        parts = self._parts.get(chatter.user_id)
        if parts is None:
            parts = self._parts[chatter.user_id] = irc_lines.privmsg_parts(chatter)
        head, mod, sub, tail = parts
        draw = self._rng.random()
        message_id = str(UUID(int=self._rng.getrandbits(128), version=4))
        text, emotes, reply = said.text, said.emotes, ""
        if self._replies and draw < REPLY_SHARE and channel.login in self.last_line:
            parent_id, parent, parent_text = self.last_line[channel.login]
            text = f"@{parent.login} {text}"
            emotes = emotes_tag(text)
            reply = irc_lines.reply_tags(parent_id, parent, parent_text)
        self.last_line[channel.login] = (message_id, chatter, text)
        written = f"\x01ACTION {text}\x01" if said.action else text
        first = "1" if draw > 0.995 else "0"
        line = (
            f"{head}{emotes};first-msg={first};flags=;id={message_id}{mod}{reply};returning-chatter=0"
            f";room-id={channel.channel_id}{sub}{sent_at}{tail}{channel.login} :{written}{LINE_END}"
        )
        return line, message_row(message_id, channel.channel_id, sent_at)
