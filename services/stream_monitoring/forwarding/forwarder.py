"""The forwarder: the spool into Kafka, each record once, by the one instance that holds the lease."""

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol

import structlog
from confluent_kafka import KafkaException

from contracts import metrics
from service_runtime.measures import measure
from stream_monitoring.capture.connections import wait_seconds
from stream_monitoring.capture.continuity import Account
from stream_monitoring.forwarding import other_format
from stream_monitoring.forwarding.kafka_log import REACH_MS, TICKED, KafkaAwayError, KafkaLog, LogReader, Place
from stream_monitoring.forwarding.lease import Lease, Sight
from stream_monitoring.forwarding.partition_repair import levelling
from stream_monitoring.forwarding.resume import LastTick, Leftovers, NewerFormatError, Resume
from stream_monitoring.forwarding.takeover import beginning, first_word, inheritance, wait_for_the_last
from stream_monitoring.forwarding.transactions import FencedError, TransactionFailedError, Transactions
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.frame_queue import FrameQueue
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()

MOST_RECORDS = 12_000  # of one transaction in a drain; 20,000 take more than the 100 MB of a standby
LIVE_SECONDS = 0.2
LAST_SECONDS = 15.0  # after a stop signal, to deliver what the spool holds
LOOK_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 3.0  # until Kafka is asked again: whoever held is back before another sees ticks stand still

State = Literal["starting", "holder", "standby", "waiting for Kafka"]


class Witness(Protocol):
    """The capture, as far as the forwarder asks it."""

    @property
    def account(self) -> Account:
        """What it can vouch for."""

    @property
    def is_healthy(self) -> bool:
        """Whether its sockets answer."""


class Forwarder:
    """Runs in a thread of its own."""

    def __init__(
        self,
        spool: Spool,
        queue: FrameQueue,
        producer_config: dict[str, Any],
        read_log: LogReader,
        lease: Lease,
        witness: Witness,
        instance: str,
        chance: Callable[[], float],
    ) -> None:
        self._spool = spool
        self._queue = queue
        self._producer_config = producer_config
        self._read_log = read_log
        self._lease = lease
        self._witness = witness
        self._instance = instance
        self._chance = chance
        self._deadline = 0.0
        self._leftovers: Leftovers | None = None
        self._news: list[bytes] = []
        self.position = spool.first
        self.state: State = "starting"
        self.trouble = ""

    def problems(self) -> dict[str, str]:
        """What is wrong now, for /ready; to stand by is not wrong."""
        if self.state in ("starting", "waiting for Kafka"):
            return {"kafka": self.trouble or "not reached yet"}
        return {"kafka": self.trouble} if self.trouble else {}

    def run(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        """Forward until `stop` is set and the capture has written its last frame; bounded then."""
        attempt = 0
        while not self._is_over(stop, capture_ended):
            try:
                if not self._stand_by(stop):
                    return
                attempt = 0
                self._hold(stop, capture_ended)
                return
            except FencedError:
                log.warning("forwarder: another instance has taken over, standing by")
                self._lease.fenced(time.monotonic())
            except NewerFormatError:
                self._lease.lost_sight()  # the next look says what is wrong
            except (TransactionFailedError, KafkaAwayError, KafkaException) as error:
                attempt += 1
                self._lease.lost_sight()
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
        self._queue.drop()
        seconds = min(LONGEST_WAIT_SECONDS, wait_seconds(attempt, self._chance()))
        log.warning(
            "forwarder: Kafka is away, the spool keeps everything", why=str(error), wait_seconds=round(seconds, 1)
        )
        if stop.is_set():
            time.sleep(min(seconds, 1.0))
        else:
            stop.wait(seconds)

    def _stand_by(self, stop: threading.Event) -> bool:
        """Until it is this instance's turn: True; False where a stop came first."""
        with self._read_log() as reader:
            while True:
                last = reader.latest_tick()
                sight = self._sight(last)
                turn = self._lease.look(time.monotonic(), sight, stop.is_set())
                if turn is not None:
                    log.info("forwarder: my turn", turn=turn, last_tick=last, read_since=sight.read_since)
                    return True
                if stop.is_set():
                    return False
                self._keep_back(last)
                stop.wait(LOOK_SECONDS)

    def _sight(self, last: LastTick | None) -> Sight:
        newest = self._spool.last
        return Sight(
            last,
            self._spool.spool_id,
            self._witness.account.read_since,
            newest.tick_at if newest else 0,
            self._witness.is_healthy,
        )

    def _keep_back(self, last: LastTick | None) -> None:
        """Stand by: the spool keeps everything that may be needed, the memory nothing."""
        if self.state != "standby":
            log.info("forwarder: standing by", last_tick=last)
        trouble = other_format.problem(last, self._lease.older_format_seconds)
        if trouble != self.trouble and trouble:
            log.error("forwarder: another version has written to Kafka", why=trouble, last_tick=last)
        self.state, self.trouble = "standby", trouble
        self._queue.drop()
        if last is not None and last.spool_id != self._spool.spool_id:
            self.position = max(self.position, self._spool.position_before(last.sent_at - REACH_MS))
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(self.position))

    def _hold(self, stop: threading.Event, capture_ended: threading.Event) -> None:
        with self._read_log() as reader:
            transactions = Transactions(self._producer_config, reader.half_committed)
        try:
            self._begin(transactions)
            self.state, self.trouble = "holder", ""
            measure(metrics.HOLDER).set(1)
            while not self._is_over(stop, capture_ended):
                self._forward_next(transactions, stop)
        finally:
            transactions.close()

    def _begin(self, transactions: Transactions) -> None:
        """Decide where to begin; after `init_transactions`, so nobody else writes any more."""
        account = self._witness.account
        with self._read_log() as reader:
            resume = beginning(self._level_ticks(reader, transactions), self._spool)
            self._tell(resume)
            if word := first_word(resume, self._spool, account, self._instance):
                transactions.send([word], word.tick)
            inherited = inheritance(reader, resume, self._spool, account)
        self.position = resume.position
        self._leftovers, self._news = inherited.leftovers, inherited.news

    def _level_ticks(self, reader: KafkaLog, transactions: Transactions) -> dict[Place, LastTick]:
        """The partitions' last ticks; where they differ, what some have lost is sent again first."""
        undecided = wait_for_the_last(reader)
        ticks = reader.last_ticks(*TICKED)
        settled = {place: tick for place, tick in ticks.items() if place not in undecided}
        lost = levelling(reader, self._spool, settled, self._instance)
        if lost is None:
            return ticks
        transactions.send_again(lost.records, lost.tick)
        wait_for_the_last(reader)
        return ticks | dict.fromkeys(settled, lost.ended)

    def _tell(self, resume: Resume) -> None:
        log.info("forwarder: holding", position=resume.position, exact=resume.exact, after=resume.after)
        if resume.missing:
            log.error("forwarder: records were deleted before they were forwarded", records=resume.missing)
        if resume.hole_until is not None:
            log.error("forwarder: nothing to deliver for a while", after=resume.after, until=resume.hole_until)

    def _forward_next(self, transactions: Transactions, stop: threading.Event) -> None:
        frames = self._next_frames()
        if not frames:
            self._queue.wait(self.position, 0.05 if stop.is_set() else LIVE_SECONDS)
            return
        end, tick = frames[-1].end, frames[-1].tick
        if self._leftovers is not None:
            frames, tick = self._leave_out(self._leftovers, frames)
        if self._news:
            frames[0] = Frame.of(frames[0].first, [*self._news, *frames[0].lines], frames[0].tick_at)
        started = time.monotonic()
        transactions.send(frames, tick)
        self._news = []
        self.position = end
        measure(metrics.COMMIT_SECONDS).observe(time.monotonic() - started)
        measure(metrics.FORWARDED_RECORDS).inc(sum(frame.count for frame in frames))
        measure(metrics.SPOOL_BACKLOG_BYTES).set(self._spool.bytes_from(end) if self._spool.end > end else 0)

    def _leave_out(self, leftovers: Leftovers, frames: list[Frame]) -> tuple[list[Frame], bytes]:
        """After a change of holder: without what Kafka has, and the tick that may follow the last one there."""
        if frames[-1].tick_at > leftovers.until:
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
        records += frame.count
        if records >= most_records:
            break
    return taken
