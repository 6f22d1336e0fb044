"""One connection to Twitch chat: log in anonymously, join within the limits, hand whole lines to the parser."""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable, Iterable
from typing import Protocol

import structlog

from stream_monitoring.capture.join_limit import JoinLimit
from stream_monitoring.capture.socket_progress import SocketProgress
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.chat.parser import Event, Joined, MovedOn, Noticed, Pinged, Ponged, Welcomed

log = structlog.get_logger()

JOIN_AGAIN_MS = 30_000  # no ROOMSTATE for so long: join again, the channel may exist by now
MAX_LINE_BYTES = 256 * 1024  # without a line end; Twitch's longest line is below 17 KB
PING_TOKEN = "at"  # noqa: S105  # nosec B105  # not a secret

socket_numbers = itertools.count(1)

# Parses whole lines received at a machine time; returns events and the time of the last message, 0 without one.
ParseChunk = Callable[[bytes, int], tuple[list[Event], int]]


class SocketListener(Protocol):
    """What a socket reports."""

    def channel_joined(self, socket: "ChatSocket", login: str, channel_id: str) -> None:
        """Note that the channel's messages arrive on this socket from now on."""

    def reconnect_requested(self, socket: "ChatSocket") -> None:
        """Note that Twitch sent RECONNECT and will close this socket soon."""

    def socket_closed(self, socket: "ChatSocket") -> None:
        """Note that the connection is closed, for the reason in `socket.close_reason`."""


class ChatSocket(asyncio.Protocol):
    """An anonymous reader of a set of channels. All methods run in the event loop."""

    def __init__(
        self,
        *,
        logins: Iterable[str],
        listener: SocketListener,
        parse: ParseChunk,
        clock: TwitchClock,
        machine_now: Callable[[], int],
    ) -> None:
        self.number = next(socket_numbers)
        self.wanted: set[str] = set(logins)
        self.joined: set[str] = set()
        self.close_reason = ""
        self.progress = SocketProgress(machine_now(), clock.now(machine_now()))
        self._listener = listener
        self._parse = parse
        self._clock = clock
        self._now = machine_now
        self._welcomed = False
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._to_join: deque[str] = deque(sorted(self.wanted))
        self._join_sent_at: dict[str, int] = {}
        self._join_limit = JoinLimit()
        self._incomplete_line = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Log in under a random anonymous name."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        nick = f"justinfan{random.randrange(10_000, 99_999_999)}"  # noqa: S311 - not a secret
        self._send(f"CAP REQ :twitch.tv/tags twitch.tv/commands\r\nPASS SCHMOOPIIE\r\nNICK {nick}")

    def data_received(self, data: bytes) -> None:
        """Parse the whole lines, keep the incomplete one."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._incomplete_line += data
            if len(self._incomplete_line) > MAX_LINE_BYTES:
                self.close("endless line")
            return
        chunk, self._incomplete_line = self._incomplete_line + data[:end], data[end:]
        received_at = self._now()
        events, last_sent = self._parse(chunk, received_at)
        if last_sent:
            self.progress.message(received_at, last_sent, self._clock.now(self._now()))
        for event in events:
            self._on_event(event, received_at)

    def _on_event(self, event: Event, received_at: int) -> None:
        match event:
            case Pinged(token):
                self._send(f"PONG :{token}")
            case Ponged(token) if token.startswith(PING_TOKEN) and token[len(PING_TOKEN) :].isdigit():
                pinged_at = min(int(token[len(PING_TOKEN) :]), received_at)
                self.progress.pong(received_at, self._clock.now(pinged_at))
            case Welcomed():
                self._welcomed = True
                self.join_pending()
            case Joined(login, channel_id) if login in self.wanted and login not in self.joined:
                self.joined.add(login)
                self._listener.channel_joined(self, login, channel_id)
            case MovedOn():
                self._listener.reconnect_requested(self)
            case Noticed(login, notice):
                log.info("chat: notice", login=login, notice=notice)

    def join_pending(self) -> None:
        """Join as many channels as the limit allows now; call it at least once per second."""
        now = asyncio.get_running_loop().time()
        if not self._welcomed or self._transport is None or self._transport.is_closing():
            return
        self._queue_overdue_joins()
        logins = []
        while self._to_join and self._join_limit.allows(now):
            login = self._to_join.popleft()
            if login in self.wanted and login not in self.joined:
                self._join_limit.add(now)
                self._join_sent_at[login] = self._now()
                logins.append(f"#{login}")
        if logins:
            self._send("JOIN " + ",".join(logins))

    def _queue_overdue_joins(self) -> None:
        if self._to_join:
            return
        overdue = self._now() - JOIN_AGAIN_MS
        for login in self.wanted - self.joined:
            if self._join_sent_at.get(login, 0) < overdue:
                self._to_join.append(login)

    def watch(self, login: str) -> None:
        """Join one more channel."""
        self.wanted.add(login)
        self._to_join.append(login)
        self.join_pending()

    def leave(self, login: str) -> None:
        """Leave a channel."""
        self.wanted.discard(login)
        if login in self.joined:
            self.joined.discard(login)
            self._send(f"PART #{login}")

    def ping_if_quiet(self, now: int) -> None:
        """Send a PING if the socket has made no progress for a while."""
        if self._welcomed and self.progress.should_ping(now):
            self._send(f"PING :{PING_TOKEN}{now}")

    def ask_since(self, since: int, now: int) -> None:
        """Send a PING if Twitch has not answered anything sent since then: its answer lets the tick advance."""
        if self._welcomed and self.progress.should_ask(since, self._clock.now(since), now):
            self._send(f"PING :{PING_TOKEN}{now}")

    def pause(self, paused: bool) -> None:
        """Stop or resume reading."""
        if self._transport is not None and not self._transport.is_closing():
            (self._transport.pause_reading if paused else self._transport.resume_reading)()

    async def ended(self) -> str:
        """Wait until the socket is closed or retired; return why."""
        return await self._ended

    def retire(self, reason: str) -> None:
        """End the wait of `ended` while the socket reads on, until `close`."""
        self.close_reason = reason
        self._end(reason)

    def close(self, reason: str) -> None:
        """Close at once; `reason` is recorded with the gap."""
        self.close_reason = self.close_reason or reason
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        """Report the closed connection."""
        self.close_reason = self.close_reason or ("connection lost" if error else "closed by Twitch")
        self._end(self.close_reason)
        self._listener.socket_closed(self)

    def _end(self, reason: str) -> None:
        if not self._ended.done():
            self._ended.set_result(reason)

    def _send(self, text: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode() + b"\r\n")
