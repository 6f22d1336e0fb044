"""Write what was read into the spool: frames of records, each with a tick, synced before anything is forwarded."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import structlog

from contracts import codec, metrics
from contracts.chat_messages import FORMAT_VERSION, SCHEMA_VERSION, OptOut, Tick
from service_runtime.measures import measure
from stream_monitoring.capture import coverage
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.privacy.erasure import Erasure
from stream_monitoring.spool.batch import TICK_KEY, Batch
from stream_monitoring.spool.frame import Frame, records_in
from stream_monitoring.spool.spool import COVERED_FILE, Spool

log = structlog.get_logger()

RETRY_SECONDS = 0.25  # between two tries of a disk that is full, and between two checks of a slow one
MAX_BATCH_BYTES = 32 * 1024 * 1024  # unwritten records: stop reading until the disk has caught up
PRUNE_SECONDS = 10.0
STOP_SECONDS = 5.0  # how long a stopping process tries to write its last frame

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FrameContent:
    """The lines of a frame, each part one or several, and the channels (login to id) that are covered with it."""

    parts: list[bytes]
    count: int
    tick_at: int
    covered_ids: dict[str, str]


class FrameWriter:
    """Write frames from the capture's event loop, with a thread of its own for the disk."""

    def __init__(
        self,
        *,
        instance: str,
        spool: Spool,
        batch: Batch,
        erasure: Erasure,
        clock: TwitchClock,
        machine_now: Callable[[], int],
        frame_written: Callable[[Frame], None],
        forwarded_position: Callable[[], int],
    ) -> None:
        """`forwarded_position`: the position up to which Kafka has everything."""
        self._instance = instance
        self._spool = spool
        self._batch = batch
        self._erasure = erasure
        self._clock = clock
        self._now = machine_now
        self._frame_written = frame_written
        self._forwarded_position = forwarded_position
        self._covered_path = spool.directory / COVERED_FILE
        self._saved_ids: dict[str, str] = {}
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._next_prune = 0.0
        self.last_tick = spool.last.tick_at if spool.last else 0
        self.problem = ""

    def twitch_now(self) -> int:
        """Return the best guess of Twitch's time, milliseconds; later than the last tick."""
        return max(self._clock.estimate(self._now()), self.last_tick + 1)

    @property
    def has_records(self) -> bool:
        """Whether the next frame holds more than its tick."""
        return len(self._batch) > 0 or self._erasure.has_changes

    def load_covered(self) -> dict[str, str]:
        """Return login to id of the channels that the last process read when it ended."""
        return coverage.load_covered(self._covered_path)

    def take_content(self, tick_at: int, covered_ids: dict[str, str]) -> FrameContent:
        """Empty the batch into a frame: without opted-out channels, with new opt-outs for the job, and with a tick."""
        opt_outs = self._opt_out_records()
        count, parts = len(self._batch), self._batch.take()
        allowed = self._erasure.without_opted_out(parts)
        if allowed is not parts:
            count = records_in(allowed)
        count += len(opt_outs) + 1
        tick = Tick(
            schema_version=SCHEMA_VERSION,
            sent_at=tick_at,
            received_at=self._now(),
            instance=self._instance,
            spool_id=self._spool.spool_id,
            spool_position=self._spool.end + count,
            format_version=FORMAT_VERSION,
        )
        return FrameContent([*allowed, *opt_outs.take(), TICK_KEY, codec.encode(tick)], count, tick_at, covered_ids)

    def _opt_out_records(self) -> Batch:
        records = Batch()
        for channel_id, event in self._erasure.collect_changes():
            records.add(
                OptOut(
                    schema_version=SCHEMA_VERSION,
                    channel_id=channel_id,
                    sent_at=self.twitch_now(),
                    received_at=self._now(),
                    instance=self._instance,
                    event=event,
                )
            )
        return records

    async def write(self, content: FrameContent, pause: Callable[[bool], None], stop: threading.Event) -> None:
        """Write one frame, however long the disk takes; `pause` stops and resumes reading meanwhile.

        Raises OSError if the process stops and the disk stays full.
        """
        deadline: float | None = None
        while (written := await self._try_write(content, pause)) is None:
            pause(True)
            deadline = deadline or (time.monotonic() + STOP_SECONDS if stop.is_set() else None)
            if deadline and time.monotonic() > deadline:
                raise OSError("the spool has no room for the last records")
            await asyncio.sleep(RETRY_SECONDS)
        self.last_tick = content.tick_at
        if self.problem:
            log.warning("spool: writing again")
            self.problem = ""
        pause(False)
        self._frame_written(written)

    async def _try_write(self, content: FrameContent, pause: Callable[[bool], None]) -> Frame | None:
        writing = asyncio.get_running_loop().run_in_executor(self._disk, self._append, content)
        while not (await asyncio.wait([writing], timeout=RETRY_SECONDS))[0]:
            pause(self._batch.bytes > MAX_BATCH_BYTES)
        try:
            return writing.result()
        except OSError as error:
            self._report(error)
            return None

    def _append(self, content: FrameContent) -> Frame:
        if content.covered_ids != self._saved_ids:
            coverage.save_covered(self._covered_path, content.covered_ids)
            self._saved_ids = content.covered_ids
        return self._spool.append(content.parts, content.tick_at, content.count)

    def _report(self, error: OSError) -> None:
        directory = self._spool.directory
        if not self.problem:
            log.error("spool: cannot write, reading stops until it can", directory=str(directory), why=str(error))
        self.problem = f"cannot write to {directory}: {error.strerror or error}"

    async def maintain(self) -> None:
        """Erase opted-out channels step by step; every 10 s delete old segments and save the clock's offset."""
        if self._erasure.is_pending:
            await self._on_disk(self._erasure.step)
        if time.monotonic() >= self._next_prune:
            self._next_prune = time.monotonic() + PRUNE_SECONDS
            await self._on_disk(self._prune)

    async def _on_disk(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work)

    def _prune(self) -> None:
        if self._clock.learned:
            save_clock_offset(self._spool.directory, self._clock.offset)
        for deleted in self._spool.prune(time.time()):
            log.warning("spool: oldest segment deleted", **deleted._asdict())
            if deleted.after > self._forwarded_position():
                measure(metrics.SPOOL_DROPPED_BYTES).inc(deleted.bytes)

    def close(self) -> None:
        """Wait for the disk and close the spool."""
        self._disk.shutdown()
        self._spool.close()


def load_clock_offset(directory: Path) -> int:
    """Return the offset of Twitch's clock learned before the restart, milliseconds; 0 if none."""
    try:
        return int(clock_offset_path(directory).read_text())
    except (FileNotFoundError, ValueError):
        return 0


def save_clock_offset(directory: Path, offset: int) -> None:
    """Save the offset for the next start; a full disk is reported by the frames."""
    with suppress(OSError):
        clock_offset_path(directory).write_text(str(offset))


def clock_offset_path(directory: Path) -> Path:
    """Return the file beside the spool that keeps the offset."""
    return directory / "clock_offset_ms"
