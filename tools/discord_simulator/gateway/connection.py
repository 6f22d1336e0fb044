"""One client's connection, without the socket (developer documentation, Gateway)."""

import json
from collections import deque
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import parse_qs, urlsplit

from discord_simulator.clock import Clock
from discord_simulator.gateway.compression import compressor
from discord_simulator.gateway.events import KNOWN_INTENTS, PRIVILEGED
from discord_simulator.gateway.hub import Hub
from discord_simulator.gateway.session import (
    HEARTBEAT,
    HEARTBEAT_ACK,
    HELLO,
    IDENTIFY,
    INVALID_SESSION,
    MEMBERS,
    PRESENCE,
    RECONNECT,
    RESUME,
    VOICE,
    Session,
    payload,
)

FRAMES, FRAMES_MS = 120, 60_000  # what a client may send
FRAME_BYTES: Final = 4096
OVER_AFTER: Final = (1000, 1001)  # a client's close codes that end its session
HEARTBEATS_MISSED: Final = 1.5  # intervals without one after which the connection is closed


class GatewayClosedError(Exception):
    """Closes the connection with a code of Discord's."""

    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(f"{code} {reason}")


@dataclass(frozen=True)
class Rules:
    """What the gateway demands of clients."""

    token: str
    heartbeat_ms: int
    privileged_intents: bool
    clock: Clock


class Line(Protocol):
    """The way to a client."""

    def is_open(self) -> bool:
        """Return whether frames still reach the client."""

    def send(self, frame: str | bytes) -> None:
        """Send a frame now."""

    def cut(self) -> None:
        """Cut the connection without saying so."""

    async def close(self, code: int, reason: str) -> None:
        """Close the connection with a code."""


class Connection:
    """A connection, and the session that it has once the client has identified or resumed.

    `address`: what the client asked for, such as `/?v=10&compress=zlib-stream`.
    """

    def __init__(self, line: Line, address: str, hub: Hub, rules: Rules, number: int = 0) -> None:
        self._line, self._hub, self._rules, self.number = line, hub, rules, number
        query = parse_qs(urlsplit(address).query)
        self.version = query.get("v", [""])[0]
        self._compressor = compressor(query.get("compress", [""])[0])
        self.session: Session | None = None
        self.silent_until = 0
        self.heartbeat_at = rules.clock()
        self._frames: deque[int] = deque()

    def send(self, text: str) -> None:
        """Send a payload now; a closing or silenced connection loses it."""
        if self._line.is_open() and self._rules.clock() >= self.silent_until:
            self._line.send(self._compressor.frame(text))

    def silence(self, seconds: float) -> None:
        """Neither send nor answer for a while."""
        self.silent_until = self._rules.clock() + round(seconds * 1000)

    def abort(self) -> None:
        """Cut the connection."""
        self._line.cut()

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code."""
        await self._line.close(code, reason)

    def greet(self) -> None:
        """Say HELLO. Raises GatewayClosedError for another version."""
        if self.version not in ("", "9", "10"):
            raise GatewayClosedError(4012, "Invalid API version")
        self.send(payload(HELLO, {"heartbeat_interval": self._rules.heartbeat_ms, "_trace": []}))

    def is_dead(self) -> bool:
        """Return whether the client has not sent a heartbeat in time."""
        return self._rules.clock() - self.heartbeat_at > HEARTBEATS_MISSED * self._rules.heartbeat_ms

    def receive(self, frame: str | bytes) -> None:
        """Handle what a client sends; a silenced connection hears nothing. Raises GatewayClosedError."""
        if self._rules.clock() < self.silent_until:
            return
        row = self._read(frame)
        op, data = row.get("op"), row.get("d")
        if op == HEARTBEAT:
            self.heartbeat_at = self._rules.clock()
            self.send(payload(HEARTBEAT_ACK))
        elif op == IDENTIFY:
            self._identify(data if isinstance(data, dict) else {})
        elif op == RESUME:
            self._resume(data if isinstance(data, dict) else {})
        elif op not in (PRESENCE, VOICE, MEMBERS):
            raise GatewayClosedError(4001, "Unknown opcode.")
        elif self.session is None:
            raise GatewayClosedError(4003, "Not authenticated.")

    def _read(self, frame: str | bytes) -> dict[str, Any]:
        now = self._rules.clock()
        self._frames.append(now)
        while self._frames[0] <= now - FRAMES_MS:
            self._frames.popleft()
        if len(self._frames) > FRAMES:
            raise GatewayClosedError(4008, "Rate limited.")
        try:
            row = json.loads(frame)
        except ValueError:
            row = None
        if not isinstance(row, dict) or len(frame) > FRAME_BYTES:
            raise GatewayClosedError(4002, "Error while decoding payload.")
        return row

    def _identify(self, data: dict[str, Any]) -> None:
        if self.session is not None:
            raise GatewayClosedError(4005, "Already authenticated.")
        if str(data.get("token", "")).removeprefix("Bot ") != self._rules.token:
            raise GatewayClosedError(4004, "Authentication failed.")
        intents = self._intents(data)
        shard = self._shard(data)
        if not self._hub.may_identify():
            self.send(payload(INVALID_SESSION, False))
            return
        self.session = self._hub.open(self, intents, shard)

    def _intents(self, data: dict[str, Any]) -> int:
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            raise GatewayClosedError(4013, "Invalid intent(s).")
        if intents & PRIVILEGED and not self._rules.privileged_intents:
            raise GatewayClosedError(4014, "Disallowed intent(s).")
        return intents

    def _shard(self, data: dict[str, Any]) -> tuple[int, int]:
        try:
            number, count = (int(part) for part in data.get("shard") or (0, 1))
        except (TypeError, ValueError):
            number, count = -1, 0
        if not 0 <= number < count:
            raise GatewayClosedError(4010, "Invalid shard.")
        if self._hub.needs_shards((number, count)):
            raise GatewayClosedError(4011, "Sharding required.")
        return number, count

    def _resume(self, data: dict[str, Any]) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self._rules.token:
            raise GatewayClosedError(4004, "Authentication failed.")
        sequence = data.get("seq")
        session_id = str(data.get("session_id"))
        self.session = self._hub.resume(self, session_id, sequence if isinstance(sequence, int) else 0)
        if self.session is None:
            self.send(payload(INVALID_SESSION, False))

    def invalidate(self, can_resume: bool) -> None:
        """Tell the client that its session is invalid."""
        if self.session is not None and not can_resume:
            self._hub.end(self.session)
        self.send(payload(INVALID_SESSION, can_resume))

    def ask_to_reconnect(self) -> None:
        """Tell the client to connect anew and resume."""
        self.send(payload(RECONNECT))

    def left(self, code: int | None) -> None:
        """Record that the client has gone: with a code that says so its session is over."""
        if self.session is None:
            return
        if code in OVER_AFTER:
            self._hub.end(self.session)
        self.session.lose(self, self._rules.clock())
        self._hub.note("lost", self.session)
