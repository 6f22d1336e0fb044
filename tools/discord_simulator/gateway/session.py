"""A session: numbered events, kept so that a lost connection can be resumed."""

import json
from collections import deque
from typing import Any, Final, Protocol

from discord_simulator.gateway.events import hears, readable

KEPT_EVENTS: Final = 5000
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS = 0, 1, 2, 3, 4, 6, 7, 8
INVALID_SESSION, HELLO, HEARTBEAT_ACK = 9, 10, 11


class Wire(Protocol):
    """A connection to a client."""

    def send(self, text: str) -> None:
        """Send a payload."""


def payload(op: int, data: Any = None, sequence: int | None = None, event: str | None = None) -> str:
    """Format a payload."""
    row = {"op": op, "d": data, "s": sequence, "t": event}
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


class Session:
    """What a client has identified as. `lost_at`: when its connection was lost (ms), None while it has one."""

    def __init__(self, session_id: str, intents: int, shard: tuple[int, int], bot_id: int, wire: Wire) -> None:
        self.session_id, self.intents, self.shard = session_id, intents, shard
        self._bot_id = bot_id
        self._wire: Wire | None = wire
        self.lost_at: int | None = None
        self.sequence = 0
        self._events: deque[tuple[int, str]] = deque(maxlen=KEPT_EVENTS)

    def is_about(self, guild_id: int) -> bool:
        """Return whether its shard has the server."""
        return (guild_id >> 22) % self.shard[1] == self.shard[0]

    def tell(self, event: str, data: dict[str, Any]) -> bool:
        """Send an event if its intents cover it, now or once it is resumed; return whether they do."""
        if not hears(self.intents, event, data, self._bot_id):
            return False
        self.sequence += 1
        seen = readable(self.intents, event, data, self._bot_id)
        text = payload(DISPATCH, seen, self.sequence, event)
        self._events.append((self.sequence, text))
        if self._wire is not None:
            self._wire.send(text)
        return True

    def lose(self, wire: Wire, at: int) -> None:
        """Record that a connection was lost, unless the session has another one by now."""
        if self._wire is wire:
            self._wire, self.lost_at = None, at

    def can_resume(self, sequence: int) -> bool:
        """Return whether all events behind a number are still kept."""
        oldest = self._events[0][0] if self._events else self.sequence + 1
        return oldest - 1 <= sequence <= self.sequence

    def resume(self, wire: Wire, sequence: int) -> None:
        """Send everything behind a number over a new connection."""
        self._wire, self.lost_at = wire, None
        for number, text in self._events:
            if number > sequence:
                wire.send(text)
        self.tell("RESUMED", {})
