"""Capture: reads the chosen channels and writes a synced frame with its tick every quarter of a second at most."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from contracts import codec, metrics
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, ChannelRecord, OptOut, Tick
from service_runtime.measures import measure
from stream_monitoring.capture import coverage
from stream_monitoring.capture.connections import Connections
from stream_monitoring.capture.continuity import Account
from stream_monitoring.capture.coverage import CoverageBook
from stream_monitoring.capture.hold import Hold
from stream_monitoring.capture.ticks import next_tick
from stream_monitoring.channels.lifecycle import introduction
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader
from stream_monitoring.chat.machine_clock import MachineClock
from stream_monitoring.chat.twitch_clock import TwitchClock
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.privacy.erasure import Forgetting
from stream_monitoring.privacy.opt_outs import Words
from stream_monitoring.spool.batch import TICK_KEY, Batch
from stream_monitoring.spool.frame import Frame, records_in
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import COVERED_FILE, Spool

log = structlog.get_logger()

FRAME_SECONDS = 0.2  # what is not synced after 250 ms may be lost in a power cut
TEND_SECONDS = 0.25
STILL_SECONDS = 2.0  # a round that took longer: we stood still, not the sockets
CROWDED_BYTES = 32 * 1024 * 1024  # of unwritten records: stop reading until the disk has caught up
PRUNE_SECONDS = 10.0
FRESH_MS = 5_000  # a tick that is further behind than this and its lag: some socket does not answer


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """Where to read, under which name, how far behind Twitch's clock the ticks are."""

    chat_url: str
    instance: str
    tick_lag_ms: int
    introduces_channels: bool = True  # nobody else (Helix) tells the channels' names
    has_other: bool = False  # another instance reads the same channels and may take over


class Capture:
    """Runs in a thread of its own; `frame_written` is called there with each synced frame."""

    def __init__(
        self,
        options: CaptureOptions,
        spool: Spool,
        chatters: ChatterHash,
        frame_written: Callable[[Frame], None],
        forwarded: Callable[[], int],
        machine_now: MachineClock | None = None,
    ) -> None:
        self._options = options
        self._spool = spool
        self._frame_written = frame_written
        self._forwarded = forwarded  # the position up to which Kafka has everything
        self._now = machine_now or MachineClock()
        self._covered_path = spool.directory / COVERED_FILE
        self._clock_path = spool.directory / "clock_offset_ms"
        self.clock = TwitchClock(load_offset(self._clock_path))
        self.batch = Batch()
        self.rooms: dict[str, str] = {}
        self._hold = Hold(options.has_other, self.batch.add)
        self.book = CoverageBook(options.instance, self._hold.tell, self._now)
        quarantine = Quarantine(spool.directory)
        bad_lines = BadLines(self.batch, quarantine)
        self._forgetting = Forgetting(spool, quarantine)
        self._reading = ChatReader(options.instance, self.batch, chatters, bad_lines, self.clock, self.rooms)
        self._last_tick = spool.last.tick_at if spool.last else 0
        self._reading.last_tick = self._last_tick
        self.account = Account(self.book, self.clock, self._now)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted: set[str] = set()
        self._connections: Connections | None = None
        self._saved: dict[str, str] = {}
        self.trouble = ""
        self.ended = threading.Event()

    # from other threads

    def want(self, logins: Iterable[str]) -> None:
        """Read these channels and no others."""
        self._wanted = set(logins)
        if self._loop is not None and self._connections is not None:
            self._loop.call_soon_threadsafe(self._connections.want, self._wanted)

    def forget(self, opt_outs: Words) -> None:
        """Write nothing of these channels any more, and remove what the spool has of them."""
        self._forgetting.want(opt_outs)

    def add(self, records: list[ChannelRecord]) -> None:
        """Records from another source (lifecycle) for the next frame."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._add_all, records)

    def _add_all(self, records: list[ChannelRecord]) -> None:
        for record in records:
            self.batch.add(record)

    def twitch_now(self) -> int:
        """Twitch's time now as well as it is known, milliseconds; later than the last tick."""
        return max(self.clock.estimate(self._now()), self._last_tick + 1)

    @property
    def tick_age_seconds(self) -> float:
        """How far the last tick is behind Twitch's clock."""
        return max(0.0, (self.twitch_now() - self._last_tick) / 1000)

    @property
    def is_healthy(self) -> bool:
        """Whether all sockets answer now."""
        connections = self._connections
        is_fresh = self.tick_age_seconds * 1000 < self._options.tick_lag_ms + FRESH_MS
        return connections is not None and bool(connections.reading_logins) and is_fresh

    def problems(self) -> dict[str, str]:
        """What is wrong now, for /ready."""
        wrong = {"spool": self.trouble} if self.trouble else {}
        connections = self._connections
        if connections is None:
            return wrong | {"chat": "not started yet"}
        if not self._wanted:
            wrong["channels"] = "no channel is chosen: set MONITORING_PINNED_CHANNELS or give Twitch credentials"
        elif not connections.reading_logins:
            wrong["chat"] = f"no channel is read yet ({connections.last_trouble or 'connecting'})"
        return wrong

    # the worker

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set; then write what is left, with `left` for each channel."""
        try:
            asyncio.run(self._run(stop))
        finally:
            self._spool.close()
            self.ended.set()

    async def _run(self, stop: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._connections = Connections(
            self._options.chat_url,
            self._reading,
            self._on_joined,
            self.book,
            self.clock,
            self._now,
            self._hold,
        )
        self.book.restarted(coverage.load_covered(self._covered_path), self._last_tick + 1)
        self._connections.want(self._wanted)
        with ThreadPoolExecutor(1, thread_name_prefix="spool") as disk:
            tending = asyncio.create_task(self._tend(stop))
            await self._write_frames(stop, disk, tending)
            tending.cancel()
            await self._finish(disk)

    def _on_joined(self, login: str, channel_id: str) -> None:
        """A channel is read (again): without Helix its login is all that is known of it."""
        if self._options.introduces_channels:
            self.batch.add(introduction(channel_id, login, login, self.twitch_now(), self._options.instance))

    async def _tend(self, stop: threading.Event) -> None:
        assert self._connections is not None
        last = time.monotonic()
        while not stop.is_set():
            await asyncio.sleep(TEND_SECONDS)
            still = time.monotonic() - last - TEND_SECONDS
            last = time.monotonic()
            if still > STILL_SECONDS:
                log.warning("capture: the process stood still", seconds=round(still, 1))
                self._connections.forgive(int(still * 1000))
            self._connections.tend()
            self.account.tend(self._wanted)
            self._measure()

    async def _write_frames(self, stop: threading.Event, disk: ThreadPoolExecutor, tending: asyncio.Task[None]) -> None:
        next_frame, next_prune = time.monotonic(), 0.0
        while not stop.is_set():
            if tending.done():
                tending.result()
            next_frame = max(next_frame + FRAME_SECONDS, time.monotonic())
            await asyncio.sleep(next_frame - time.monotonic())
            await self._write_frame(disk, stop)
            if self._forgetting.is_pending:
                await asyncio.get_running_loop().run_in_executor(disk, self._forgetting.step)
            if time.monotonic() >= next_prune:
                next_prune = time.monotonic() + PRUNE_SECONDS
                await asyncio.get_running_loop().run_in_executor(disk, self._prune)

    async def _write_frame(self, disk: ThreadPoolExecutor, stop: threading.Event) -> None:
        """One frame, however long the disk takes; reading stops meanwhile where too much is waiting."""
        assert self._connections is not None
        loop = asyncio.get_running_loop()
        covered = self.book.covered()
        tick_at = next_tick(
            self._last_tick,
            self._connections.answered_through(),
            self.clock.now(self._now()),
            self._options.tick_lag_ms,
        )
        parts, count = self._taken(tick_at)
        self._reading.last_tick = tick_at
        deadline: float | None = None
        while True:
            writing = loop.run_in_executor(disk, self._write, parts, count, tick_at, covered)
            while not (await asyncio.wait([writing], timeout=TEND_SECONDS))[0]:
                self._connections.pause(self.batch.bytes > CROWDED_BYTES)
            try:
                written = writing.result()
                break
            except OSError as error:
                self._report_trouble(error)
                self._connections.pause(True)
            deadline = deadline or (time.monotonic() + 5 if stop.is_set() else None)
            if deadline and time.monotonic() > deadline:
                raise OSError("the spool has no room for the last records")
            await asyncio.sleep(TEND_SECONDS)
        self._last_tick = tick_at
        if self.trouble:
            log.warning("spool: writing again")
            self.trouble = ""
        self._connections.pause(False)
        self._frame_written(written)

    def _report_trouble(self, error: OSError) -> None:
        if not self.trouble:
            log.error(
                "spool: cannot write, reading stops until it can", directory=str(self._spool.directory), why=str(error)
            )
        self.trouble = f"cannot write to {self._spool.directory}: {error.strerror or error}"

    def _write(self, parts: list[bytes], count: int, tick_at: int, covered: dict[str, str]) -> Frame:
        if covered != self._saved:
            coverage.save_covered(self._covered_path, covered)
            self._saved = covered
        return self._spool.append(parts, tick_at, count)

    def _taken(self, tick_at: int) -> tuple[list[bytes], int]:
        """The parts of the next frame, each a line or some, and how many records they are.

        Without channels that have opted out, with what the job has to be told of them, and with the tick.
        """
        told = self._opt_outs_told()
        count, parts = len(self.batch), self.batch.take()
        allowed = self._forgetting.without(parts)
        if allowed is not parts:
            count = records_in(allowed)
        count += len(told) + 1
        tick = Tick(
            schema_version=SCHEMA_VERSION,
            sent_at=tick_at,
            received_at=self._now(),
            instance=self._options.instance,
            spool_id=self._spool.spool_id,
            spool_position=self._spool.end + count,
            format_version=FORMAT_VERSION,
        )
        return [*allowed, *told.take(), TICK_KEY, codec.encode(tick)], count

    def _opt_outs_told(self) -> Batch:
        told = Batch()
        for channel_id, event in self._forgetting.news():
            told.add(
                OptOut(
                    schema_version=SCHEMA_VERSION,
                    channel_id=channel_id,
                    sent_at=self.twitch_now(),
                    received_at=self._now(),
                    instance=self._options.instance,
                    event=event,
                )
            )
        return told

    def _prune(self) -> None:
        if self.clock.learned:
            with suppress(OSError):  # a full disk is told by the frames
                self._clock_path.write_text(str(self.clock.offset))
        for first, after, size in self._spool.prune(time.time()):
            log.warning("spool: oldest segment deleted", first=first, after=after, bytes=size)
            if after > self._forwarded():
                measure(metrics.SPOOL_DROPPED_BYTES).inc(size)

    async def _finish(self, disk: ThreadPoolExecutor) -> None:
        assert self._connections is not None
        self._hold.end()
        self.book.left_all(self.twitch_now())
        self._connections.stop()
        stopped = threading.Event()
        stopped.set()
        await self._write_frame(disk, stopped)

    def _measure(self) -> None:
        assert self._connections is not None
        counts, self._reading.counts = self._reading.counts, type(self._reading.counts)()
        for command, number in counts.lines.items():
            measure(metrics.CHAT_LINES).labels(command=command).inc(number)
        for kind, number in counts.records.items():
            measure(metrics.CHAT_RECORDS).labels(kind=kind).inc(number)
        for path, number in counts.paths.items():
            measure(metrics.MESSAGES_BY_PATH).labels(path=path).inc(number)
        measure(metrics.DUPLICATE_MESSAGES).inc(counts.duplicates)
        measure(metrics.LATE_RECORDS).inc(counts.late)
        measure(metrics.SOCKETS).labels(state="open").set(len(self._connections.sockets))
        measure(metrics.CHANNELS).labels(state="wanted").set(len(self._wanted))
        measure(metrics.CHANNELS).labels(state="read").set(len(self._connections.reading_logins))
        measure(metrics.TICK_AGE).set(self.tick_age_seconds)
        measure(metrics.SPOOL_BYTES).set(self._spool.size)


def load_offset(path: Path) -> int:
    """What was known of Twitch's clock before the restart, milliseconds; 0 where nothing was."""
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return 0
