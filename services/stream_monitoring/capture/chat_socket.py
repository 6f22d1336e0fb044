"""One connection to Twitch chat: logs in anonymously, joins within the limits, hands whole lines to the reading."""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import structlog

from stream_monitoring.capture.socket_progress import Answered
from stream_monitoring.chat.parser import Event, Joined, MovedOn, Noticed, Pinged, Ponged, Welcomed

log = structlog.get_logger()

JOINS = 20  # Twitch's limit for a user; each of our sockets is a user of its own
JOINS_SECONDS = 10.0
JOIN_AGAIN_MS = 30_000  # no ROOMSTATE for so long: ask again, the channel may exist by now
LONGEST_LINE = 256 * 1024  # bytes without a line end; Twitch's longest line is below 17 KB
PING_TOKEN = "at"  # noqa: S105 - not a secret

socket_numbers = itertools.count(1)
Parse = Callable[[bytes, int], tuple[list[Event], int]]


class ChatSocket(asyncio.Protocol):
    """`owner` is told what happens. All methods run in the event loop."""

    def __init__(self, owner: Any, logins: Iterable[str]) -> None:
        self.number = next(socket_numbers)
        self.owner = owner
        self.wanted: set[str] = set(logins)
        self.joined: set[str] = set()
        self.welcomed = False
        self.reason = ""
        self.closed = asyncio.get_running_loop().create_future()
        self.answered = Answered(owner.now(), owner.twitch_now())
        self._to_join: deque[str] = deque(sorted(self.wanted))
        self._asked_to_join: dict[str, int] = {}
        self._joins_at: deque[float] = deque(maxlen=JOINS)
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        nick = f"justinfan{random.randrange(10_000, 99_999_999)}"  # noqa: S311 - not a secret
        self._send(f"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS SCHMOOPIIE\r\nNICK {nick}")

    def data_received(self, data: bytes) -> None:
        """Bytes came: parse the whole lines, keep the rest."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._rest += data
            if len(self._rest) > LONGEST_LINE:
                self.close("endless line")
            return
        chunk, self._rest = self._rest + data[:end], data[end:]
        received_at = self.owner.now()
        events, last_sent = self.owner.parse(chunk, received_at)
        if last_sent:
            self.answered.message(received_at, last_sent, self.owner.twitch_now())
        for event in events:
            self._on_event(event, received_at)

    def _on_event(self, event: Event, received_at: int) -> None:
        match event:
            case Pinged(token):
                self._send(f"PONG :{token}")
            case Ponged(token) if token.startswith(PING_TOKEN) and token[len(PING_TOKEN) :].isdigit():
                asked_at = min(int(token[len(PING_TOKEN) :]), received_at)
                self.answered.pong(received_at, self.owner.twitch_time(asked_at))
            case Welcomed():
                self.welcomed = True
                self.join_some()
            case Joined(login, channel_id) if login in self.wanted and login not in self.joined:
                self.joined.add(login)
                self.owner.on_joined(self, login, channel_id)
            case MovedOn():
                self.owner.on_moved_on(self)
            case Noticed(login, notice):
                log.info("chat: notice", login=login, notice=notice)

    def join_some(self) -> None:
        """Ask for as many rooms as the limit allows now; call it every second or so."""
        now = asyncio.get_running_loop().time()
        if not self.welcomed or self._transport is None or self._transport.is_closing():
            return
        self._ask_again()
        logins = []
        while self._to_join and (len(self._joins_at) < JOINS or now - self._joins_at[0] > JOINS_SECONDS):
            login = self._to_join.popleft()
            if login in self.wanted and login not in self.joined:
                self._joins_at.append(now)
                self._asked_to_join[login] = self.owner.now()
                logins.append(f"#{login}")
        if logins:
            self._send("JOIN " + ",".join(logins))

    def _ask_again(self) -> None:
        if self._to_join:
            return
        overdue = self.owner.now() - JOIN_AGAIN_MS
        for login in self.wanted - self.joined:
            if self._asked_to_join.get(login, 0) < overdue:
                self._to_join.append(login)

    def watch(self, login: str) -> None:
        """Read one more channel."""
        self.wanted.add(login)
        self._to_join.append(login)
        self.join_some()

    def leave(self, login: str) -> None:
        """Read one channel less."""
        self.wanted.discard(login)
        if login in self.joined:
            self.joined.discard(login)
            self._send(f"PART #{login}")

    def ask(self, now: int) -> None:
        """Send a PING where the socket has been quiet."""
        if self.welcomed and self.answered.ask(now):
            self._send(f"PING :{PING_TOKEN}{now}")

    def pause(self, paused: bool) -> None:
        """Stop or go on reading: the spool has no room."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    def close(self, reason: str) -> None:
        """Close at once; `reason` is why the gap begins."""
        self.reason = self.reason or reason
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone."""
        self.reason = self.reason or ("connection lost" if error else "closed by Twitch")
        if not self.closed.done():
            self.closed.set_result(self.reason)
        self.owner.on_closed(self)

    def _send(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode() + b"\r\n")
