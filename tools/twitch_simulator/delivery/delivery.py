"""Sends planned messages to the rooms, the ground truth first; some of them late or twice on request."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from random import Random

import msgspec

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.emotes import emotes_only
from twitch_simulator.delivery.rendering import Rendered, Renderer
from twitch_simulator.delivery.shared_chat import SharedChat
from twitch_simulator.faults import Faults
from twitch_simulator.irc.rooms import LINE_END, Rooms, without_tags
from twitch_simulator.truth import Truth

DUPLICATE_SECONDS = 0.5  # maximum delay; a socket that missed the first takes the second for a message: not a late one
SLICE_MS = 200  # of chat that a room gets at once
Due = tuple[int, int, Rendered]  # when it is due (ms), order, message


class Delivery:
    """Writes messages to the truth files and sends them to the rooms."""

    def __init__(
        self,
        *,
        rooms: Rooms,
        truth: Truth,
        faults: Faults,
        clock: SimulatedClock,
        renderer: Renderer,
        shared_chat: SharedChat,
        rng: Random,
    ) -> None:
        self.sent = 0
        self.unsent = 0
        self.rooms, self._truth, self._faults, self._clock = rooms, truth, faults, clock
        self._renderer, self._rng = renderer, rng
        self.shared_chat = shared_chat
        self._delayed: list[Due] = []
        self._order = 0

    def send(self, messages: Iterable[PlannedMessage], now: int) -> None:
        """Send messages and delayed lines due at `now` (ms, the machine's clock). The caller flushes the rooms.

        Rooms take their turns slice by slice: one socket has many, and late chat must not come out of order there.
        """
        for _, slice_of_time in groupby(self._due(messages, now), lambda due: due[0] // SLICE_MS):
            self._send_slice([message for _, _, message in slice_of_time], now)
        self._truth.flush(self._clock.now() // 1000 - 1)

    def _send_slice(self, ready: list[Rendered], now: int) -> None:
        has_listeners = {login: self.has_listeners(login) for login in {message.login for message in ready}}
        lines: dict[str, list[str]] = defaultdict(list)
        rows = []
        for message in ready:
            if has_listeners[message.login]:
                for login, line in self.shared_chat.copies(message.login, message.line):
                    lines[login].append(line)
                rows.append(message.row)
                self._repeat(message, now)
            elif message.row:
                self.unsent += 1
                self._truth.unsent(message.channel_id, message.second)
        self.sent += sum(row != "" for row in rows)
        self._truth.messages(rows)
        for login, texts in lines.items():
            self._queue(login, "".join(texts))

    def _is_allowed(self, message: PlannedMessage) -> bool:
        emote_only = self.rooms.rules.get(message.channel.login, {}).get("emote-only")
        return not emote_only or emotes_only(message.text.text)

    def _due(self, messages: Iterable[PlannedMessage], now: int) -> list[Due]:
        """Render messages; return those due now, and delayed ones, by when they were due.

        A machine too busy to send in time sends late, and still nothing out of order by more than was asked for.
        """
        due: list[Due] = []
        for each in filter(self._is_allowed, messages):
            message = self._renderer.render(each, each.at + self._clock.offset_ms)
            release = each.at + self._disorder_ms()
            self._order += 1
            if release > now:
                heapq.heappush(self._delayed, (release, self._order, message))
            else:
                due.append((release, self._order, message))
        while self._delayed and self._delayed[0][0] <= now:
            due.append(heapq.heappop(self._delayed))
        return sorted(due)

    def _disorder_ms(self) -> int:
        if not self._faults.disorder_share or self._rng.random() >= self._faults.disorder_share:
            return 0
        return round(self._rng.random() * self._faults.disorder_seconds * 1000)

    def _repeat(self, message: Rendered, now: int) -> None:
        if message.row and self._faults.duplicate_share and self._rng.random() < self._faults.duplicate_share:
            copy = msgspec.structs.replace(message, row="")
            self._order += 1
            release = now + round(self._rng.random() * DUPLICATE_SECONDS * 1000)
            heapq.heappush(self._delayed, (release, self._order, copy))

    def _queue(self, login: str, chunk: str) -> None:
        plain: str | None = None
        for member in self.rooms.listeners(login):
            if plain is None and "twitch.tv/tags" not in member.capabilities:
                plain = without_tags(chunk)
            member.queue(chunk, plain)

    def has_listeners(self, login: str) -> bool:
        """Return whether a room has a socket that receives."""
        return bool(self.rooms.listeners(login))

    def send_line(self, login: str, line: str) -> None:
        """Queue one line other than a message for a room."""
        self._queue(login, line + LINE_END)

    def send_notice(self, login: str, line: str) -> None:
        """Queue a USERNOTICE for a room and for those that share its chat; deletions are not relayed."""
        is_shared = " USERNOTICE #" in line
        for each, copy in self.shared_chat.copies(login, line) if is_shared else [(login, line)]:
            self.send_line(each, copy)
