"""Which seconds of which channel were read: `joined`, `left` and `gap` records."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import structlog

from contracts import metrics
from contracts.chat_messages import SCHEMA_VERSION, Coverage
from service_runtime.files import replace_durably
from service_runtime.measures import measure

log = structlog.get_logger()

NOT_DELIVERED = "not delivered"  # seconds whose records never reach Kafka
COMMON_REASONS = (NOT_DELIVERED, "connection lost", "closed by Twitch", "deaf", "reconnect")

Emit = Callable[[Coverage], None]


@dataclass(slots=True, kw_only=True)
class CoveredChannel:
    """Which sockets read one channel, or since when none does and why.

    `sockets`: socket number to join time. Join times and `gap_from` are on Twitch's clock; `tracked_since` (0: since
    before this process), `read_since` (without a break) and `lost_at` are on the machine's steady clock.
    """

    channel_id: str
    sockets: dict[int, int] = field(default_factory=dict)
    gap_from: int | None = None
    gap_reason: str = ""
    tracked_since: int = 0
    read_since: int = 0
    lost_at: int = 0

    def open_gap(self, gap_from: int, reason: str, machine_now: int) -> None:
        """Note that no socket reads the channel any more."""
        self.gap_from, self.gap_reason, self.lost_at = gap_from, reason, machine_now

    def close_gap(self) -> None:
        """Note that the gap has been written."""
        self.gap_from = None

    def begin_reading(self, machine_now: int) -> None:
        """Note that the channel is read without a break from now on."""
        self.read_since = machine_now

    def rename(self, channel_id: str) -> None:
        """Take over the id that chat reports for this login."""
        self.channel_id = channel_id


class CoverageTracker:
    """Track which channels are read and emit a record for each change. Times: milliseconds of Twitch's clock."""

    def __init__(self, instance: str, emit: Emit, machine_now: Callable[[], int]) -> None:
        for reason in COMMON_REASONS:  # a counter that begins with its first gap shows Prometheus no increase
            measure(metrics.GAP_SECONDS).labels(reason=reason)
        self._instance = instance
        self._emit = emit
        self._now = machine_now
        self._channels: dict[str, CoveredChannel] = {}
        self._owed_gaps: dict[str, int] = {}  # login to the start of a gap that ends when the channel is joined

    def channels(self) -> dict[str, CoveredChannel]:
        """Return a copy, by login; safe from any thread."""
        return dict(self._channels)

    def restarted(self, covered_before: dict[str, str], gap_from: int) -> None:
        """Open a gap in the channels (login to id) that were read when the last process was killed."""
        for login, channel_id in covered_before.items():
            self._channels[login] = CoveredChannel(channel_id=channel_id)
            self._open_gap(self._channels[login], gap_from, "restart")

    def joined(self, login: str, channel_id: str, socket: int, now: int) -> bool:
        """Record that the socket reads the channel from now on. True if no socket read it before."""
        machine_now = self._now()
        covered = self._channels.setdefault(login, CoveredChannel(channel_id=channel_id, tracked_since=machine_now))
        covered.rename(channel_id)
        is_first = not covered.sockets
        covered.sockets.setdefault(socket, now)
        if not is_first:
            return False
        covered.begin_reading(machine_now)
        if covered.gap_from is not None:
            self._tell_gap(covered, covered.gap_from, now, covered.gap_reason)
        elif (owed_from := self._owed_gaps.pop(login, None)) is not None:
            self._tell_gap(covered, owed_from, now, NOT_DELIVERED)
        covered.close_gap()
        self._write("joined", covered, now)
        return True

    def lost(self, login: str, socket: int, answered_through: int, reason: str) -> None:
        """Record that the socket no longer reads the channel; it did up to `answered_through`."""
        covered = self._channels.get(login)
        if covered is None or covered.sockets.pop(socket, None) is None:
            return
        if not covered.sockets:
            self._open_gap(covered, answered_through, reason)
        elif (until := min(covered.sockets.values())) > answered_through:
            covered.begin_reading(self._now())
            self._write("gap", covered, answered_through, until=until, reason=reason)
            self._count(reason, until - answered_through)

    def left(self, login: str, now: int, reason: str = "not watched") -> None:
        """Record that the channel is not read any more, on purpose."""
        covered = self._channels.pop(login, None)
        if covered is not None and covered.sockets:
            self._write("left", covered, now, reason=reason)

    def left_all(self, now: int) -> None:
        """Record that the service stops."""
        for login in list(self._channels):
            self.left(login, now, "stopped")

    def undelivered_gap(self, covered: CoveredChannel, gap_from: int, gap_until: int) -> Coverage:
        """Return a gap for seconds whose records never reach Kafka: not read, or deleted before they were forwarded."""
        self._count(NOT_DELIVERED, gap_until - gap_from)
        return self._record("gap", covered, gap_from, until=gap_until, reason=NOT_DELIVERED)

    def joined_record(self, covered: CoveredChannel, at: int) -> Coverage:
        """Return the record that the channel is read at this time."""
        return self._record("joined", covered, at)

    def owe_gap(self, gap_from: int, logins: Iterable[str]) -> None:
        """Open a gap in each of these channels as soon as it is joined: from `gap_from` until that join."""
        self._owed_gaps |= dict.fromkeys(logins, gap_from)

    def covered_ids(self) -> dict[str, str]:
        """Return login to id of the channels that are read or have an open gap."""
        return {login: covered.channel_id for login, covered in self._channels.items()}

    def _open_gap(self, covered: CoveredChannel, gap_from: int, reason: str) -> None:
        covered.open_gap(gap_from, reason, self._now())
        self._write("left", covered, gap_from, reason=reason)  # the gap's record follows when its end is known

    def _tell_gap(self, covered: CoveredChannel, gap_from: int, now: int, reason: str) -> None:
        """Emit the gap that ends now, as a record of now: ticks may have passed its beginning, and none is late."""
        told = self._record("gap", covered, gap_from, until=now, reason=reason)
        self._emit(msgspec.structs.replace(told, sent_at=max(gap_from, now)))
        self._count(reason, now - gap_from)

    def _count(self, reason: str, milliseconds: int) -> None:
        measure(metrics.GAP_SECONDS).labels(reason=reason).inc(max(0, milliseconds) / 1000)

    def _write(
        self, event: str, covered: CoveredChannel, at: int, *, until: int | None = None, reason: str = ""
    ) -> None:
        self._emit(self._record(event, covered, at, until=until, reason=reason))

    def _record(
        self, event: str, covered: CoveredChannel, at: int, *, until: int | None = None, reason: str = ""
    ) -> Coverage:
        return Coverage(
            schema_version=SCHEMA_VERSION,
            channel_id=covered.channel_id,
            sent_at=at,
            received_at=self._now(),
            instance=self._instance,
            event=event,  # type: ignore[arg-type]
            gap_from_at=at if event == "gap" else None,
            gap_until_at=max(until, at) if until is not None else None,
            reason=reason,
        )


def load_covered(path: Path) -> dict[str, str]:
    """Return login to id of the channels that were read when the file was last saved."""
    try:
        known = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        log.warning("coverage: file is damaged, gaps of this restart are not recorded", path=str(path))
        return {}
    return {str(login): str(channel_id) for login, channel_id in known.items()} if isinstance(known, dict) else {}


def save_covered(path: Path, covered_ids: dict[str, str]) -> None:
    """Save the channels so that they survive a power cut: the next start opens a gap in each of them."""
    replace_durably(path, json.dumps(covered_ids).encode())
