"""Capture: read the chosen channels and write synced frames, each with its tick."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import structlog

from contracts import metrics
from contracts.chat_messages import ChannelRecord
from service_runtime.measures import measure
from stream_monitoring.capture.connections import Connections
from stream_monitoring.capture.continuity import Continuity
from stream_monitoring.capture.coverage import CoverageTracker
from stream_monitoring.capture.frame_end import ASK_SECONDS, OpenFrame, crosses_in_seconds, seconds_to_look
from stream_monitoring.capture.frame_writer import FrameWriter, load_clock_offset
from stream_monitoring.capture.ticks import TickPause, next_tick
from stream_monitoring.channels.lifecycle import introduction
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader, Counts
from stream_monitoring.chat.clocks import MachineClock, TwitchClock
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.privacy.erasure import Erasure
from stream_monitoring.privacy.opt_outs import OptOutList
from stream_monitoring.spool.batch import Batch
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()

CHECK_SECONDS = 0.25
STALL_SECONDS = 2.0  # a check that came so late: this process stalled, the sockets were not silent
FRESH_MS = 5_000  # a tick further behind than this and its lag: some socket does not answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureOptions:
    """Where to read, under which name, how far behind Twitch's clock the ticks are."""

    chat_url: str
    instance: str
    tick_lag_ms: int
    introduces_channels: bool = True  # without Helix, channel names come from chat
    ignored: Collection[str] = ()  # logins of people whose messages count for nothing
    has_other: bool = False  # another instance reads the same channels and may take over


class CaptureLoop:
    """Read chat in a thread of its own; `frame_written` is called there with each synced frame."""

    def __init__(
        self,
        *,
        options: CaptureOptions,
        spool: Spool,
        chatters: ChatterHash,
        frame_written: Callable[[Frame], None],
        forwarded_position: Callable[[], int],
        is_spare: Callable[[], bool],
        machine_now: MachineClock | None = None,
    ) -> None:
        """`forwarded_position`: the position up to which Kafka has everything.

        `is_spare`: whether another instance forwards the same records now.
        """
        self._options = options
        self._spool = spool
        self._is_spare = is_spare
        self._frame_began = time.monotonic()
        self._now = machine_now or MachineClock()
        self._clock = TwitchClock(load_clock_offset(spool.directory))
        self._batch = Batch()
        self._tick_pause = TickPause(options.has_other, self._batch.add)
        self._coverage = CoverageTracker(options.instance, self._tick_pause.emit, self._now)
        self.continuity = Continuity(self._coverage, self._clock, self._now)
        self.channel_ids: dict[str, str] = {}  # by login, as chat reported them; also of channels that were left
        quarantine = Quarantine(spool.directory)
        self._reader = self._make_reader(chatters, quarantine)
        self._erasure = Erasure(spool, quarantine)
        self._writer = self._make_writer(frame_written, forwarded_position)
        self._reader.tick(self._writer.last_tick)
        self._wanted: set[str] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connections: Connections | None = None
        self.ended = threading.Event()

    def _make_reader(self, chatters: ChatterHash, quarantine: Quarantine) -> ChatReader:
        bad_lines = BadLines(self._batch, quarantine)
        options = self._options
        return ChatReader(
            options.instance, self._batch, chatters, bad_lines, self._clock, self.channel_ids, options.ignored
        )

    def _make_writer(
        self, frame_written: Callable[[Frame], None], forwarded_position: Callable[[], int]
    ) -> FrameWriter:
        return FrameWriter(
            instance=self._options.instance,
            spool=self._spool,
            batch=self._batch,
            erasure=self._erasure,
            clock=self._clock,
            machine_now=self._now,
            frame_written=frame_written,
            forwarded_position=forwarded_position,
        )

    # from other threads

    def want(self, logins: Iterable[str]) -> None:
        """Read these channels and no others."""
        self._wanted = set(logins)
        if self._loop is not None and self._connections is not None:
            self._loop.call_soon_threadsafe(self._connections.want, self._wanted)

    def erase(self, opt_outs: OptOutList) -> None:
        """Write nothing of opted-out channels any more, and erase them from the spool."""
        self._erasure.update(opt_outs)

    def add(self, records: list[ChannelRecord]) -> None:
        """Add records from another source (lifecycle) to the next frame."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._add_all, records)

    def _add_all(self, records: list[ChannelRecord]) -> None:
        for record in records:
            self._batch.add(record)

    def twitch_now(self) -> int:
        """Return the best guess of Twitch's time, milliseconds; later than the last tick."""
        return self._writer.twitch_now()

    @property
    def tick_age_seconds(self) -> float:
        """How far the last tick is behind Twitch's clock."""
        return max(0.0, (self.twitch_now() - self._writer.last_tick) / 1000)

    @property
    def is_healthy(self) -> bool:
        """Whether channels are read and all sockets answer."""
        connections = self._connections
        is_fresh = self.tick_age_seconds * 1000 < self._options.tick_lag_ms + FRESH_MS
        return connections is not None and bool(connections.reading_logins) and is_fresh

    @property
    def is_connected(self) -> bool:
        """Whether a socket is open."""
        return self._connections is not None and self._connections.open_sockets > 0

    def problems(self) -> dict[str, str]:
        """Return what is wrong now, for /ready."""
        wrong = {"spool": self._writer.problem} if self._writer.problem else {}
        connections = self._connections
        if connections is None:
            return wrong | {"chat": "not started yet"}
        if not self._wanted:
            wrong["channels"] = "no channel is chosen: set MONITORING_PINNED_CHANNELS or give Twitch credentials"
        elif not connections.reading_logins:
            wrong["chat"] = f"no channel is read yet ({connections.last_problem or 'connecting'})"
        return wrong

    # the worker

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; then write what is left, with `left` for each channel."""
        try:
            asyncio.run(self._run(stop))
        finally:
            self._writer.close()
            self.ended.set()

    async def _run(self, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._connections = connections = self._make_connections()
        self._coverage.restarted(self._writer.load_covered(), self._writer.last_tick + 1)
        connections.want(self._wanted)
        checking = asyncio.create_task(self._check_regularly(connections, stop))
        await self._write_frames(connections, stop, checking)
        checking.cancel()
        await self._finish(connections, stop)

    def _make_connections(self) -> Connections:
        return Connections(
            url=self._options.chat_url,
            parse=self._reader.read,
            coverage=self._coverage,
            tick_pause=self._tick_pause,
            clock=self._clock,
            machine_now=self._now,
            record_time=self._record_time,
            on_first_join=self._introduce,
        )

    def _record_time(self) -> int:
        return max(self._clock.estimate(self._now()), self._reader.last_tick + 1)

    def _introduce(self, login: str, channel_id: str) -> None:
        """Report a channel's login, which without Helix is all that is known of it."""
        if self._options.introduces_channels:
            self._batch.add(
                introduction(
                    channel_id=channel_id,
                    login=login,
                    display_name=login,
                    now=self.twitch_now(),
                    instance=self._options.instance,
                )
            )

    async def _check_regularly(self, connections: Connections, stop: threading.Event) -> None:
        last = time.monotonic()
        while not stop.is_set():
            await asyncio.sleep(CHECK_SECONDS)
            stalled = time.monotonic() - last - CHECK_SECONDS
            last = time.monotonic()
            if stalled > STALL_SECONDS:
                log.warning("capture: the process stalled", seconds=round(stalled, 1))
                connections.discount(int(stalled * 1000))
            connections.check_sockets()
            self.continuity.update(self._wanted)
            self._measure(connections)

    async def _write_frames(
        self, connections: Connections, stop: threading.Event, checking: asyncio.Task[None]
    ) -> None:
        while not stop.is_set():
            if checking.done():
                checking.result()
            await asyncio.sleep(seconds_to_look(time.monotonic() - self._frame_began, self._crosses_in_seconds()))
            tick_at = self._next_tick(connections)
            frame = self._open_frame(tick_at)
            if frame.is_due:
                await self._write_frame(connections, stop, tick_at)
            elif frame.crosses_in_seconds < -ASK_SECONDS:
                connections.ask_since(self._now() + int(frame.crosses_in_seconds * 1000))
            await self._writer.maintain()

    def _crosses_in_seconds(self) -> float:
        return crosses_in_seconds(self._writer.last_tick, self._clock.now(self._now()), self._options.tick_lag_ms)

    def _next_tick(self, connections: Connections) -> int:
        return next_tick(
            self._writer.last_tick,
            connections.answered_through(),
            self._clock.now(self._now()),
            self._options.tick_lag_ms,
        )

    def _open_frame(self, tick_at: int) -> OpenFrame:
        return OpenFrame(
            last_tick=self._writer.last_tick,
            tick_at=tick_at,
            age_seconds=time.monotonic() - self._frame_began,
            crosses_in_seconds=self._crosses_in_seconds(),
            is_empty=not self._writer.has_records,
            is_spare=self._is_spare(),
        )

    async def _write_frame(self, connections: Connections, stop: threading.Event, tick_at: int) -> None:
        content = self._writer.take_content(tick_at, self._coverage.covered_ids())
        self._frame_began = time.monotonic()
        self._reader.tick(tick_at)
        await self._writer.write(content, connections.pause, stop)

    async def _finish(self, connections: Connections, stop: threading.Event) -> None:
        self._tick_pause.end()
        self._coverage.left_all(self.twitch_now())
        connections.stop()
        await self._write_frame(connections, stop, self._next_tick(connections))

    def _measure(self, connections: Connections) -> None:
        measure_counts(self._reader.take_counts())
        measure(metrics.SOCKETS).labels(state="open").set(connections.open_sockets)
        measure(metrics.CHANNELS).labels(state="wanted").set(len(self._wanted))
        measure(metrics.CHANNELS).labels(state="read").set(len(connections.reading_logins))
        measure(metrics.TICK_AGE).set(self.tick_age_seconds)
        measure(metrics.SPOOL_BYTES).set(self._spool.size)


def measure_counts(counts: Counts) -> None:
    """Add what was read since the last time to the process's counters."""
    for command, number in counts.lines.items():
        measure(metrics.CHAT_LINES).labels(command=command).inc(number)
    for kind, number in counts.records.items():
        measure(metrics.CHAT_RECORDS).labels(kind=kind).inc(number)
    for path, number in counts.paths.items():
        measure(metrics.MESSAGES_BY_PATH).labels(path=path).inc(number)
    measure(metrics.DUPLICATE_MESSAGES).inc(counts.duplicates)
    measure(metrics.IGNORED_MESSAGES).inc(counts.ignored)
    measure(metrics.RELAYED_LINES).inc(counts.relayed)
    measure(metrics.LATE_RECORDS).inc(counts.late)
