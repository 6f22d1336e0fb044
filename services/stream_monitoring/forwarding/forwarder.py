"""The forwarder: stand by until it is this instance's turn, then send the spool to Kafka, each record once."""

import threading
import time
from collections.abc import Iterable
from typing import Any, Literal, Protocol

import structlog
from confluent_kafka import KafkaException

from contracts import metrics
from service_runtime.backoff import Backoff
from service_runtime.kafka import KafkaAwayError
from service_runtime.measures import measure
from stream_monitoring.capture.continuity import Continuity
from stream_monitoring.forwarding import other_format
from stream_monitoring.forwarding.commit_time import MOST_RECORDS, Uncommitted
from stream_monitoring.forwarding.holder_start import (
    find_overlap,
    opening_frame,
    resume_point,
    wait_for_open_transactions,
)
from stream_monitoring.forwarding.kafka_log import REACH_MS, TICKED, KafkaLog, LogReader, PartitionId
from stream_monitoring.forwarding.lease import Lease, LeaseView
from stream_monitoring.forwarding.partition_repair import plan_repair
from stream_monitoring.forwarding.resume import LastTick, NewerFormatError, ResumePoint, TakeoverFilter
from stream_monitoring.forwarding.transactions import FencedError, TransactionFailedError, Transactions
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool
from stream_monitoring.timing import LEAST_STALLED_SECONDS, LOOK_SECONDS

log = structlog.get_logger()

LIVE_SECONDS = 0.2  # longest wait for the next frame
DRAIN_SECONDS = 0.05  # the same once stopped
FLUSH_SECONDS = 15.0  # after a stop signal, to deliver what the spool holds
# Until Kafka is asked again: the holder must be back before another instance sees ticks stall.
RECONNECT = Backoff(first_seconds=0.5, longest_seconds=3.0, jitter=0.5)

State = Literal["starting", "holder", "standby", "waiting for Kafka"]


class CaptureStatus(Protocol):
    """What the forwarder needs to know about the capture."""

    @property
    def continuity(self) -> Continuity:
        """Since when everything is read without a break."""

    @property
    def is_healthy(self) -> bool:
        """Whether its sockets answer."""


class Forwarder:
    """Runs in a thread of its own."""

    def __init__(
        self,
        *,
        spool: Spool,
        queue: FrameQueue,
        producer_config: dict[str, Any],
        read_log: LogReader,
        lease: Lease,
        capture: CaptureStatus,
        instance: str,
    ) -> None:
        self._spool = spool
        self._queue = queue
        self._producer_config = producer_config
        self._read_log = read_log
        self._lease = lease
        self._capture = capture
        self._instance = instance
        self._deadline = 0.0
        self._filter: TakeoverFilter | None = None
        self._first_lines: list[bytes] = []
        self._committed_tick = 0
        self._committed_at = 0.0
        self.position = spool.first
        self.state: State = "starting"
        self.problem = ""

    def problems(self) -> dict[str, str]:
        """Return what is wrong now, for /ready; standing by is not wrong."""
        if self.state in ("starting", "waiting for Kafka"):
            return {"kafka": self.problem or "not reached yet"}
        return {"kafka": self.problem} if self.problem else {}

    @property
    def is_spare(self) -> bool:
        """Whether another instance forwards now, as its last tick shows."""
        return self.state == "standby" and self._lease.stalled_seconds < LEAST_STALLED_SECONDS

    def run(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        """Forward until `stop` is set and the capture's last frame is delivered, or the time for that is up."""
        attempt = 0
        while not self._is_over(stop, capture_ended):
            try:
                if not self._stand_by(stop):
                    return
                attempt = 0
                self._forward(stop, capture_ended)
                return
            except FencedError:
                log.warning("forwarder: another instance has taken over, standing by")
                self._lease.fenced(time.monotonic())
            except NewerFormatError:
                self._lease.kafka_lost()  # the next look reports what is wrong
            except (TransactionFailedError, KafkaAwayError, KafkaException) as error:
                attempt += 1
                self._lease.kafka_lost()
                self._wait_for_kafka(stop, attempt, error)
            finally:
                measure(metrics.HOLDER).set(0)

    def _is_over(self, stop: threading.Event, capture_ended: threading.Event) -> bool:
        """Return, once stopped, whether everything is forwarded or the time is up."""
        if not stop.is_set():
            return False
        self._deadline = self._deadline or time.monotonic() + FLUSH_SECONDS
        is_done = capture_ended.is_set() and self.position >= self._spool.end
        if not is_done and time.monotonic() > self._deadline:
            log.error("forwarder: stopped before everything was delivered", left=self._spool.end - self.position)
            return True
        return is_done

    def _wait_for_kafka(self, stop: threading.Event, attempt: int, error: Exception) -> None:
        self.state, self.problem = "waiting for Kafka", str(error)
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(self.position))
        self._queue.clear()
        seconds = RECONNECT.wait_seconds(attempt)
        log.warning(
            "forwarder: Kafka is away, the spool keeps everything", why=str(error), wait_seconds=round(seconds, 1)
        )
        if stop.is_set():
            time.sleep(min(seconds, 1.0))
        else:
            stop.wait(seconds)

    def _stand_by(self, stop: threading.Event) -> bool:
        """Wait until it is this instance's turn; False if a stop comes first."""
        with self._read_log() as reader:
            while True:
                view = self._view(reader.latest_tick())
                turn = self._lease.look(time.monotonic(), view, draining=stop.is_set())
                if turn is not None:
                    log.info(
                        "forwarder: taking the lease", turn=turn, last_tick=view.last_tick, read_since=view.read_since
                    )
                    return True
                if stop.is_set():
                    return False
                self._keep_only_spool(view.last_tick)
                stop.wait(LOOK_SECONDS)

    def _view(self, last_tick: LastTick | None) -> LeaseView:
        newest = self._spool.last
        return LeaseView(
            last_tick=last_tick,
            own_spool_id=self._spool.spool_id,
            read_since=self._capture.continuity.read_since,
            own_tick=newest.tick_at if newest else 0,
            healthy=self._capture.is_healthy,
        )

    def _keep_only_spool(self, last_tick: LastTick | None) -> None:
        """Stand by: free the memory and advance to where the spool may be needed from."""
        if self.state != "standby":
            log.info("forwarder: standing by", last_tick=last_tick)
        problem = other_format.problem(last_tick, self._lease.older_format_seconds, self._lease.stalled_seconds)
        if problem != self.problem and problem:
            log.error("forwarder: another version has written to Kafka", why=problem, last_tick=last_tick)
        self.state, self.problem = "standby", problem
        self._queue.clear()
        if last_tick is not None and last_tick.spool_id != self._spool.spool_id:
            self.position = max(self.position, self._spool.position_before(last_tick.sent_at - REACH_MS))
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(self.position))

    def _forward(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        """Fence the last holder and forward as the holder."""
        with self._read_log() as reader:
            transactions = Transactions(self._producer_config, reader.half_committed)
        try:
            self._resume(transactions)
            self.state, self.problem = "holder", ""
            measure(metrics.HOLDER).set(1)
            while not self._is_over(stop, capture_ended):
                self._forward_next(transactions, stop)
        finally:
            transactions.close()

    def _resume(self, transactions: Transactions) -> None:
        """Decide where to resume; after `init_transactions`, so no other instance writes any more."""
        continuity = self._capture.continuity
        with self._read_log() as reader:
            resume = resume_point(self._repair_partitions(reader, transactions), self._spool)
            self._log_resume(resume)
            if frame := opening_frame(resume, self._spool, continuity, self._instance):
                transactions.send([frame], frame.tick)
            overlap = find_overlap(reader, resume, self._spool, continuity)
        self.position = resume.position
        self._filter, self._first_lines = overlap.filter, overlap.joined_lines

    def _repair_partitions(self, reader: KafkaLog, transactions: Transactions) -> dict[PartitionId, LastTick]:
        """Return the partitions' last ticks; if they differ, first re-send what some have lost."""
        undecided = wait_for_open_transactions(reader)
        ticks = reader.last_ticks(*TICKED)
        repair = plan_repair(
            reader=reader,
            spool=self._spool,
            ticks=ticks,
            undecided=undecided,
            instance=self._instance,
            continuity=self._capture.continuity,
        )
        if repair is None:
            return ticks
        records = 0
        for resend in repair.resends:
            transactions.send_again(resend)
            records += len(resend.records)
        log.info("forwarder: all partitions end alike again", records=records)
        wait_for_open_transactions(reader)
        return ticks | dict.fromkeys(repair.partitions, repair.last_tick)

    def _log_resume(self, resume: ResumePoint) -> None:
        log.info("forwarder: holding the lease", position=resume.position, exact=resume.exact, after=resume.after)
        if resume.missing:
            log.error("forwarder: records were deleted before they were forwarded", records=resume.missing)
        if resume.gap_until is not None:
            log.error(
                "forwarder: chat is missing between these times, every channel gets a gap",
                after=resume.after,
                until=resume.gap_until,
            )

    def _forward_next(self, transactions: Transactions, stop: threading.Event) -> None:
        newest = self._queue.newest or self._spool.last
        is_due = newest is not None and self._uncommitted(newest, stop.is_set()).is_due
        frames = self._next_frames() if is_due else []
        if frames:
            self._commit(transactions, frames)
        else:
            after = newest.end if newest else self.position
            self._queue.wait(after, DRAIN_SECONDS if stop.is_set() else LIVE_SECONDS)

    def _uncommitted(self, newest: Frame, is_stopping: bool) -> Uncommitted:
        return Uncommitted(
            records=max(0, newest.end - self.position),
            committed_tick=self._committed_tick,
            newest_tick=newest.tick_at,
            waited_seconds=time.monotonic() - self._committed_at,
            is_stopping=is_stopping,
        )

    def _commit(self, transactions: Transactions, frames: list[Frame]) -> None:
        end, tick, tick_at = frames[-1].end, frames[-1].tick, frames[-1].tick_at
        if self._filter is not None:
            frames, tick = self._without_known(self._filter, frames)
        if self._first_lines:
            frames[0] = Frame.of(frames[0].first, [*self._first_lines, *frames[0].lines], frames[0].tick_at)
        started = time.monotonic()
        transactions.send(frames, tick)
        self._first_lines = []
        self.position, self._committed_tick, self._committed_at = end, tick_at, time.monotonic()
        measure(metrics.COMMIT_SECONDS).observe(self._committed_at - started)
        measure(metrics.FORWARDED_RECORDS).inc(sum(frame.count for frame in frames))
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(end) if self._spool.end > end else 0)

    def _without_known(self, known: TakeoverFilter, frames: list[Frame]) -> tuple[list[Frame], bytes]:
        """Return the frames without what Kafka has, and a tick that may follow the last one there."""
        if frames[-1].tick_at > known.until:
            self._filter = None
        return list(known.frames(frames)), known.tick(frames[-1].tick)

    def _next_frames(self) -> list[Frame]:
        """Return the next frames from memory if it reaches back far enough, else from the disk."""
        frames = self._queue.pop_from(self.position, MOST_RECORDS)
        if frames or self.position >= self._spool.end:
            return frames
        return up_to(self._spool.frames(self.position), MOST_RECORDS)


def up_to(frames: Iterable[Frame], max_records: int) -> list[Frame]:
    """Return whole frames, at least one, until they hold so many records."""
    found: list[Frame] = []
    records = 0
    for frame in frames:
        found.append(frame)
        records += frame.count
        if records >= max_records:
            break
    return found
