"""All sessions, and what they are told."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from discord_simulator.clock import Clock
from discord_simulator.gateway.session import Session, Wire
from discord_simulator.truth import Truth
from discord_simulator.world.world import World

DAY_MS: Final = 86_400_000
AVAILABLE: Final = {"unavailable": False}  # tells a server that was known from one that was joined just now
GUILDS_PER_SHARD: Final = 2500  # with more, a client must shard


class Hub:
    """Opens, resumes and forgets sessions. Times are the machine's in ms."""

    def __init__(
        self, *, world: World, truth: Truth, clock: Clock, url: Callable[[], str], identify_seconds: float,
        identifies_per_day: int, resume_seconds: float,
    ) -> None:  # fmt: skip
        self._world, self._truth, self._clock, self._url = world, truth, clock, url
        self._identify_ms, self.identifies_per_day = identify_seconds * 1000, identifies_per_day
        self._resume_ms = resume_seconds * 1000
        self.sessions: dict[str, Session] = {}
        self._identified: list[int] = []
        self.counts: Counter[str] = Counter()

    def publish(self, event: str, guild_id: int, data: dict[str, Any]) -> None:
        """Tell the sessions of a server's shard, if the bot is in the server or has just left it."""
        is_concerned = event == "GUILD_DELETE" or self._world.bot.user_id in self._world.guilds[guild_id].members
        for session in self._current():
            if is_concerned and session.is_about(guild_id) and session.tell(event, data):
                self.counts[event] += 1

    def _current(self) -> list[Session]:
        """Return the sessions that are connected or can still be resumed; forget the others."""
        oldest = self._clock() - self._resume_ms
        over = [key for key, each in self.sessions.items() if each.lost_at is not None and each.lost_at < oldest]
        for key in over:
            del self.sessions[key]
        return list(self.sessions.values())

    def starts_left(self) -> int:
        """Return how many sessions may still be started today."""
        self._identified = [at for at in self._identified if at > self._clock() - DAY_MS]
        return max(0, self.identifies_per_day - len(self._identified))

    def starts_reset_ms(self) -> int:
        """Return how long until the first of today's sessions does not count any more."""
        has_started = self.starts_left() < self.identifies_per_day
        return self._identified[0] + DAY_MS - self._clock() if has_started else 0

    def may_identify(self) -> bool:
        """Count an IDENTIFY; return whether it keeps the distance to the last, of any shard, and the day's limit."""
        now = self._clock()
        is_early = bool(self._identified) and now - self._identified[-1] < self._identify_ms
        if is_early or not self.starts_left():
            return False
        self._identified.append(now)
        return True

    def needs_shards(self, shard: tuple[int, int]) -> bool:
        """Return whether a shard would have too many servers."""
        mine = [each for each in self._world.joined() if (each.guild_id >> 22) % shard[1] == shard[0]]
        return len(mine) > GUILDS_PER_SHARD

    def open(self, wire: Wire, intents: int, shard: tuple[int, int]) -> Session:
        """Start a session: READY, then each server."""
        bot = self._world.bot
        session = Session(uuid4().hex, intents, shard, bot.user_id, wire)
        self.sessions[session.session_id] = session
        guilds = [each for each in self._world.joined() if session.is_about(each.guild_id)]
        ready = {
            "v": 10,
            "user": bot.shape() | {"verified": True, "mfa_enabled": True, "flags": 0, "email": None},
            "guilds": [{"id": str(guild.guild_id), "unavailable": True} for guild in guilds],
            "session_id": session.session_id,
            "session_type": "normal",
            "resume_gateway_url": self._url(),
            "shard": list(shard),
            "application": {"id": str(bot.user_id), "flags": 0},
        }
        session.tell("READY", ready)
        for guild in guilds:
            if not guild.is_out:
                session.tell("GUILD_CREATE", guild.full_shape(bot.user_id) | AVAILABLE)
        self.note("identify", session)
        return session

    def resume(self, wire: Wire, session_id: str, sequence: int) -> Session | None:
        """Resume a session; None if it is over or its events are not kept any more."""
        self._current()
        session = self.sessions.get(session_id)
        if session is None or not session.can_resume(sequence):
            return None
        session.resume(wire, sequence)
        self.note("resume", session)
        return session

    def end(self, session: Session) -> None:
        """Forget a session: it cannot be resumed."""
        self.sessions.pop(session.session_id, None)

    def note(self, action: str, session: Session) -> None:
        """Write what happens to a session to the truth."""
        self.counts[action] += 1
        row = {"action": action, "at": self._clock(), "session_id": session.session_id, "shard": list(session.shard)}
        self._truth.write("gateway", row)
