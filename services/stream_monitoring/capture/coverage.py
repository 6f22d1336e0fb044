"""Which seconds of which channel were read: joined, left, and gaps that nobody read, as records."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from contracts import metrics
from contracts.chat_messages import SCHEMA_VERSION, Coverage
from service_runtime.files import replace_durably
from service_runtime.measures import measure

log = structlog.get_logger()

Emit = Callable[[Coverage], None]


@dataclass(slots=True)
class Covered:
    """One channel: the sockets that read it (with the time each joined), or since when nobody does, and why.

    On the machine's steady clock: `begun_at`, when this account of it began (0: before this process),
    `since_at`, since when it is read without a break, `lost_at`, since when it is not.
    """

    channel_id: str
    sockets: dict[int, int] = field(default_factory=dict)
    gap_from: int | None = None
    reason: str = ""
    begun_at: int = 0
    since_at: int = 0
    lost_at: int = 0


class CoverageBook:
    """Keeps account of the channels and emits a record for each change. Times: milliseconds of Twitch's clock."""

    def __init__(self, instance: str, emit: Emit, machine_now: Callable[[], int]) -> None:
        self._instance = instance
        self._emit = emit
        self._machine_now = machine_now
        self._channels: dict[str, Covered] = {}
        self._owed: dict[str, int] = {}

    def channels(self) -> dict[str, Covered]:
        """A copy, by login; from any thread."""
        return dict(self._channels)

    def restarted(self, covered_before: dict[str, str], gap_from: int) -> None:
        """The channels (login to id) that were read when the process ended without a word."""
        for login, channel_id in covered_before.items():
            self._channels[login] = Covered(channel_id)
            self._open_gap(self._channels[login], gap_from, "restart")

    def joined(self, login: str, channel_id: str, socket: int, now: int) -> bool:
        """The socket reads the channel from now on. True where nobody read it before."""
        machine_now = self._machine_now()
        covered = self._channels.setdefault(login, Covered(channel_id, begun_at=machine_now))
        covered.channel_id = channel_id
        is_new = not covered.sockets
        covered.sockets.setdefault(socket, now)
        if not is_new:
            return False
        covered.since_at = machine_now
        if covered.gap_from is not None:
            self._write("gap", covered, covered.gap_from, until=now, reason=covered.reason)
            self._count(covered.reason, now - covered.gap_from)
        elif (owed_from := self._owed.pop(login, None)) is not None:
            self._emit(self.undelivered(covered, owed_from, now))
        covered.gap_from = None
        self._write("joined", covered, now)
        return True

    def lost(self, login: str, socket: int, answered_through: int, reason: str) -> None:
        """The socket no longer reads the channel; it did up to `answered_through`."""
        covered = self._channels.get(login)
        if covered is None or covered.sockets.pop(socket, None) is None:
            return
        if not covered.sockets:
            self._open_gap(covered, answered_through, reason)
        elif (until := min(covered.sockets.values())) > answered_through:
            covered.since_at = self._machine_now()
            self._write("gap", covered, answered_through, until=until, reason=reason)
            self._count(reason, until - answered_through)

    def left(self, login: str, now: int, reason: str = "not watched") -> None:
        """The channel is not read any more, on purpose."""
        covered = self._channels.pop(login, None)
        if covered is not None and covered.sockets:
            self._write("left", covered, now, reason=reason)

    def left_all(self, now: int) -> None:
        """The service ends."""
        for login in list(self._channels):
            self.left(login, now, "stopped")

    def undelivered(self, covered: Covered, gap_from: int, gap_until: int) -> Coverage:
        """The record of a gap: what was read in this time cannot be delivered any more, or nobody read."""
        self._count("not delivered", gap_until - gap_from)
        return self._record("gap", covered, gap_from, gap_until, "not delivered")

    def told(self, covered: Covered, at: int) -> Coverage:
        """The record that the channel is read at this time."""
        return self._record("joined", covered, at)

    def owe(self, gap_from: int, logins: Iterable[str]) -> None:
        """These channels have a gap from then on that ends when they are joined."""
        self._owed |= dict.fromkeys(logins, gap_from)

    def covered(self) -> dict[str, str]:
        """Login to id of the channels that are read, or that have an open gap."""
        return {login: covered.channel_id for login, covered in self._channels.items()}

    def _open_gap(self, covered: Covered, gap_from: int, reason: str) -> None:
        covered.gap_from, covered.reason, covered.lost_at = gap_from, reason, self._machine_now()
        self._write("left", covered, gap_from, reason=reason)  # the gap's record follows when its end is known

    def _count(self, reason: str, milliseconds: int) -> None:
        measure(metrics.GAP_SECONDS).labels(reason=reason).inc(max(0, milliseconds) / 1000)

    def _write(self, event: str, covered: Covered, at: int, until: int | None = None, reason: str = "") -> None:
        self._emit(self._record(event, covered, at, until, reason))

    def _record(self, event: str, covered: Covered, at: int, until: int | None = None, reason: str = "") -> Coverage:
        return Coverage(
            schema_version=SCHEMA_VERSION,
            channel_id=covered.channel_id,
            sent_at=at,
            received_at=self._machine_now(),
            instance=self._instance,
            event=event,  # type: ignore[arg-type]
            gap_from_at=at if event == "gap" else None,
            gap_until_at=max(until, at) if until is not None else None,
            reason=reason,
        )


def load_covered(path: Path) -> dict[str, str]:
    """Login to id of the channels that were read when the process last wrote them down."""
    try:
        known = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        log.warning("coverage: file is damaged, gaps of this restart are not recorded", path=str(path))
        return {}
    return {str(login): str(channel_id) for login, channel_id in known.items()} if isinstance(known, dict) else {}


def save_covered(path: Path, covered: dict[str, str]) -> None:
    """Write them down so that a power cut leaves them: a gap that begins with it has to be told for each."""
    replace_durably(path, json.dumps(covered).encode())
