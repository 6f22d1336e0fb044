"""Reads what the watcher noted, and lays it out by part."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from api_frontend.data.database import Database, queries
from api_frontend.data.uptime.days import Day, days_until, split
from api_frontend.data.uptime.timeline import Piece, Span, State, Sums, sums, timeline, union
from contracts import kept
from contracts.uptime import BRIDGED_SECONDS, Part, UptimeState

BRIDGED_MS = 1000 * BRIDGED_SECONDS
SHOWN = tuple(part for part in Part if part is not Part.WORK)
LOOK_MS = 1  # a single look is known for its moment, and goes on by the bridge
KEPT_SECONDS = 15.0  # the watcher writes once a minute
ZONES_KEPT = 10  # of which the record is laid out; each takes some 100 kB
Row = tuple[str, str, int, int]  # part, state, from and until


@dataclass(frozen=True)
class Outage:
    """A time in which a part was down. `goes_on`: until now. `in_work`: it began while somebody worked on a machine."""

    part: Part
    span: Span
    goes_on: bool
    in_work: bool


@dataclass(frozen=True)
class PartRecord:
    """What is known of a part. `began`: the first note of it within these days, None without any."""

    part: Part
    state: State
    began: int | None
    sums: Sums
    days: list[Day]
    outages: list[Outage]
    pieces: list[Piece]


@dataclass(frozen=True)
class UptimeRecord:
    """All parts, the newest outage first, and when somebody worked on a machine."""

    whole: Span
    parts: Mapping[Part, PartRecord]
    outages: list[Outage]
    work: list[Span]

    @property
    def began(self) -> int | None:
        """When the record of the first part begins."""
        return min((each.began for each in self.parts.values() if each.began is not None), default=None)


def lay_out(rows: Sequence[Row], now: datetime, zone: ZoneInfo) -> UptimeRecord:
    """Lay the notes out by the days of a zone; their order and number do not matter."""
    calendar = days_until(now, zone, kept.UPTIME_DAYS)
    whole = Span(calendar[0][1].from_at, calendar[-1][1].until_at)
    spans: dict[tuple[str, str], list[Span]] = {}
    for part, state, from_at, until_at in rows:
        if whole.from_at < until_at and from_at < whole.until_at:
            cut = Span(max(from_at, whole.from_at), min(max(until_at, from_at + LOOK_MS), whole.until_at))
            spans.setdefault((part, state), []).append(cut)
    work = union(spans.get((Part.WORK, UptimeState.PLANNED), []), BRIDGED_MS)
    parts: dict[Part, PartRecord] = {}
    for part in SHOWN:
        up, down = (spans.get((part, state), []) for state in (UptimeState.UP, UptimeState.DOWN))
        pieces = timeline(up, down, whole, BRIDGED_MS)
        began = min((span.from_at for span in (*up, *down)), default=None)
        if began is not None:
            pieces = [piece for piece in pieces if piece.span.until_at > began]
        days = split(pieces, work, calendar, began)
        parts[part] = PartRecord(
            part=part,
            state=pieces[-1].state if pieces else "unknown",
            began=began,
            sums=sums(pieces) if began is not None else Sums(),
            days=days,
            outages=outages_of(part, pieces, work, whole),
            pieces=pieces,
        )
    outages = sorted(
        (outage for each in parts.values() for outage in each.outages), key=lambda each: each.span, reverse=True
    )
    return UptimeRecord(whole, parts, outages, work)


def outages_of(part: Part, pieces: Sequence[Piece], work: Sequence[Span], whole: Span) -> list[Outage]:
    """List a part's outages."""
    found = []
    for state, span in pieces:
        if state == "down":
            in_work = any(each.from_at <= span.from_at <= each.until_at + BRIDGED_MS for each in work)
            found.append(Outage(part, span, span.until_at == whole.until_at, in_work))
    return found


class Uptime:
    """Reads the record, once for all who ask within some seconds."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._rows: list[Row] | None = None
        self._now = datetime.now(UTC)
        self._read_at = 0.0
        self._laid_out: dict[str, UptimeRecord] = {}  # by time zone

    async def read(self, zone: ZoneInfo) -> UptimeRecord:
        """Return the record by the days of a zone; raises `PostgresAwayError`."""
        rows = self._rows
        if rows is None or self._clock() - self._read_at >= KEPT_SECONDS:
            found = await self._database.rows(queries.uptime.sql, {"days": kept.UPTIME_DAYS + 1})
            *rows, clock = [tuple(each.values()) for each in found]
            self._rows, self._read_at = rows, self._clock()
            self._now = datetime.fromtimestamp(clock[3] / 1000, UTC)
            self._laid_out = {}
        if zone.key not in self._laid_out:
            if len(self._laid_out) >= ZONES_KEPT:
                self._laid_out.clear()
            self._laid_out[zone.key] = lay_out(rows, self._now, zone)
        return self._laid_out[zone.key]
