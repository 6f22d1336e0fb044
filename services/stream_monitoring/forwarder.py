"""The forwarder: the spool into Kafka, each record once, by the one instance that holds the lease."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import structlog
from confluent_kafka import KafkaException

from contracts import metrics
from service_runtime.measures import measure
from stream_monitoring.connections import wait_seconds
from stream_monitoring.frame import Frame
from stream_monitoring.frame_queue import FrameQueue
from stream_monitoring.kafka_log import REACH_MS, KafkaAwayError, KafkaLog, LogReader
from stream_monitoring.resume import Leftovers, OwnSpool, Resume, decide
from stream_monitoring.spool import Spool
from stream_monitoring.transactions import FencedError, TransactionFailedError, Transactions

log = structlog.get_logger()

MOST_RECORDS = 20_000  # of one transaction in a drain
LIVE_SECONDS = 0.2
LAST_SECONDS = 15.0  # after a stop signal, to deliver what the spool holds
LOOK_SECONDS = 1.0
STALLED_SECONDS = 10.0  # ticks in Kafka stand still for so long: the holder is gone

State = Literal["starting", "holder", "standby", "waiting for Kafka"]


@dataclass(frozen=True, slots=True)
class ForwarderOptions:
    """`first_holder`: begin at once; otherwise only once the ticks in Kafka stand still."""

    first_holder: bool = True
    stalled_seconds: float = STALLED_SECONDS


class Forwarder:
    """Runs in a thread of its own."""

    def __init__(
        self,
        spool: Spool,
        queue: FrameQueue,
        producer_config: dict[str, Any],
        read_log: LogReader,
        options: ForwarderOptions,
        record_hole: Callable[[int, int], None],
        chance: Callable[[], float],
    ) -> None:
        self._spool = spool
        self._queue = queue
        self._producer_config = producer_config
        self._read_log = read_log
        self._options = options
        self._record_hole = record_hole  # event times between which nothing can be delivered
        self._chance = chance
        self._deadline = 0.0
        self._leftovers: Leftovers | None = None
        self.position = spool.first
        self.state: State = "starting"
        self.trouble = ""

    def problems(self) -> dict[str, str]:
        """What is wrong now, for /ready; to stand by is not wrong."""
        return {"kafka": self.trouble or "not reached yet"} if self.state in ("starting", "waiting for Kafka") else {}

    def run(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        """Forward until `stop` is set and the capture has written its last frame; bounded then."""
        attempt, hold_now = 0, self._options.first_holder
        while not self._is_over(stop, capture_ended):
            try:
                if not hold_now:
                    self._stand_by(stop)
                    if stop.is_set():
                        return
                self._hold(stop, capture_ended)
                return
            except FencedError:
                log.warning("forwarder: another instance has taken over, standing by")
                hold_now, attempt = False, 0
            except (TransactionFailedError, KafkaAwayError, KafkaException) as error:
                attempt += 1
                self._wait_for_kafka(stop, attempt, error)
            finally:
                measure(metrics.HOLDER).set(0)

    def _is_over(self, stop: threading.Event, capture_ended: threading.Event) -> bool:
        """Once stopped: when everything is forwarded, or the time is up."""
        if not stop.is_set():
            return False
        self._deadline = self._deadline or time.monotonic() + LAST_SECONDS
        everything = capture_ended.is_set() and self.position >= self._spool.end
        if not everything and time.monotonic() > self._deadline:
            log.error("forwarder: stopped before everything was delivered", left=self._spool.end - self.position)
            return True
        return everything

    def _wait_for_kafka(self, stop: threading.Event, attempt: int, error: Exception) -> None:
        self.state, self.trouble = "waiting for Kafka", str(error)
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(self.position))
        seconds = min(15.0, wait_seconds(attempt, self._chance()))
        log.warning(
            "forwarder: Kafka is away, the spool keeps everything", why=str(error), wait_seconds=round(seconds, 1)
        )
        if stop.is_set():
            time.sleep(min(seconds, 1.0))
        else:
            stop.wait(seconds)

    def _stand_by(self, stop: threading.Event) -> None:
        """Until the ticks in Kafka have stood still for a while, or a stop."""
        self.state = "standby"
        last, since = None, time.monotonic()
        while not stop.wait(LOOK_SECONDS):
            with self._read_log() as reader:
                latest = max((tick.sent_at for tick in reader.last_ticks().values()), default=0)
            if latest != last:
                last, since = latest, time.monotonic()
            elif time.monotonic() - since >= self._options.stalled_seconds:
                log.warning("forwarder: ticks stand still, taking over", last_tick=latest)
                return

    def _hold(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        transactions = Transactions(self._producer_config)
        try:
            self._begin()
            self.state, self.trouble = "holder", ""
            measure(metrics.HOLDER).set(1)
            while not self._is_over(stop, capture_ended):
                self._forward_next(transactions, stop)
        finally:
            transactions.close()

    def _begin(self) -> None:
        """Decide where to begin; after `init_transactions`, so nobody else writes any more."""
        with self._read_log() as reader:
            resume = decide(reader.last_ticks().values(), self._own_spool())
            self._leftovers = self._without_known(reader, resume)
        self.position = resume.position
        log.info("forwarder: holding", position=resume.position, exact=resume.exact, after=resume.after)
        if resume.missing:
            log.error("forwarder: records were deleted before they were forwarded", records=resume.missing)
        if resume.hole_until is not None:
            log.error("forwarder: nothing to deliver for a while", after=resume.after, until=resume.hole_until)
            self._record_hole(resume.after, resume.hole_until)

    def _own_spool(self) -> OwnSpool:
        oldest = next(iter(islice(self._spool.frames(self._spool.first), 1)), None)
        return OwnSpool(self._spool.spool_id, self._spool.first, self._spool.end, oldest.tick_at if oldest else None)

    def _without_known(self, reader: KafkaLog, resume: Resume) -> Leftovers | None:
        """The ids to leave out. An exact position needs none, unless another spool wrote a moment before."""
        if not resume.exact:
            return Leftovers(resume.after, reader.ids_after(resume.after))
        others = reader.writers_since(resume.after - REACH_MS) - {self._spool.spool_id} if resume.after else set()
        if not others:
            return None
        return Leftovers(0, reader.ids_after(resume.after - REACH_MS), until=resume.after + REACH_MS)

    def _forward_next(self, transactions: Transactions, stop: threading.Event) -> None:
        frames = self._next_frames()
        if not frames:
            self._queue.wait(self.position, 0.05 if stop.is_set() else LIVE_SECONDS)
            return
        end, tick = frames[-1].end, frames[-1].tick
        if self._leftovers is not None:
            frames, tick = self._leave_out(self._leftovers, frames)
        started = time.monotonic()
        transactions.send(frames, tick)
        self.position = end
        measure(metrics.COMMIT_SECONDS).observe(time.monotonic() - started)
        measure(metrics.FORWARDED_RECORDS).inc(sum(len(frame.lines) // 2 for frame in frames))
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(end) if self._spool.end > end else 0)

    def _leave_out(self, leftovers: Leftovers, frames: list[Frame]) -> tuple[list[Frame], bytes]:
        """After a change of holder: without what Kafka has, and the tick that may follow the last one there."""
        if frames[-1].tick_at > max(leftovers.until, leftovers.after + REACH_MS):
            self._leftovers = None
        return list(leftovers.without_known(frames)), leftovers.raised(frames[-1].tick)

    def _next_frames(self) -> list[Frame]:
        """From memory where it reaches back far enough, else from the disk."""
        frames = self._queue.take(self.position, MOST_RECORDS)
        if frames or self.position >= self._spool.end:
            return frames
        return up_to(self._spool.frames(self.position), MOST_RECORDS)


def up_to(frames: Iterable[Frame], most_records: int) -> list[Frame]:
    """Whole frames, at least one, until they hold so many records."""
    taken: list[Frame] = []
    records = 0
    for frame in frames:
        taken.append(frame)
        records += len(frame.lines) // 2
        if records >= most_records:
            break
    return taken
