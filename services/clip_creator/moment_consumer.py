"""Reads moments, and records what becomes of each before it is acted on."""

import threading
import time
from collections.abc import Callable

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from clip_creator.clip_log.reader import LedgerReader
from clip_creator.clip_log.writer import PartitionLostError
from clip_creator.decision.budget import HourlyBudget
from clip_creator.decision.cooldown import CoolDown
from clip_creator.decision.decision import Credentials, acted_on, decide
from clip_creator.decision.duration import stretch_of
from clip_creator.requests.context import Workbench
from clip_creator.requests.request import ClipRequest, resumed
from clip_creator.requests.vod_link import VodLink
from contracts import metrics
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from contracts.moments import Moment
from contracts.topics import MOMENTS
from service_runtime.kafka import consumer_config
from service_runtime.measures import measure
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
GROUP = "clip-creator"
# A process that is started again under its name takes its partitions back at once; another one's after 10 s.
MEMBERSHIP = {"session.timeout.ms": 10_000, "heartbeat.interval.ms": 2_000}
POLL_SECONDS = 0.2
UNASSIGNED_SECONDS = 45.0  # without any partition: after a broker's restart the group may have forgotten this member
REFRESH_SECONDS = 5.0  # how often the ledger is read while no moment comes


class MomentConsumer:
    """The service's one reader of `moments`; its state is what `clips` says."""

    def __init__(
        self, kafka: KafkaSettings, bench: Workbench, reader: LedgerReader, credentials: Callable[[], Credentials]
    ) -> None:
        membership = MEMBERSHIP | {"group.instance.id": bench.settings.instance}
        self._consumer = Consumer(consumer_config(kafka, GROUP, **membership))
        self._bench = bench
        self._reader = reader
        self._credentials = credentials
        self._cool_down = CoolDown(bench.settings.cool_down_seconds)
        self._budget = HourlyBudget(bench.settings.hourly_budget)
        self._working: set[str] = set()  # moments that this process is busy with
        self._assigned: set[int] = set()  # partitions that came with the last assignment
        self._ignored: dict[int, int] = {}  # partition to the offset after what needs no record
        self._refreshed_at = 0.0
        self._assigned_at = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        """A worker: reads until `stop`. A KafkaException ends it."""
        self._bench.journal.open()
        self._refresh()
        self._consumer.subscribe([MOMENTS.name], on_assign=self._on_assign)
        try:
            while not stop.is_set():
                message = self._consumer.poll(POLL_SECONDS)
                self._take_over()
                if message is None:
                    self._idle()
                else:
                    self._handle(message)
        finally:
            self._bench.asking.close()
            self._consumer.close()
            self._reader.close()

    def _on_assign(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._assigned |= {each.partition for each in partitions}
        self._ignored.clear()

    def _take_over(self) -> None:
        """Find out what earlier owners of newly assigned partitions left open."""
        if not self._assigned:
            return
        self._refresh()
        for clip in self._bench.ledger.open_clips(self._assigned):
            if clip.moment_id not in self._working:
                self._working.add(clip.moment_id)
                log.info("left open by an earlier process", moment=clip.moment_id, status=clip.status)
                self._bench.following.add(time.time(), resumed(self._bench, clip))
        self._assigned.clear()

    def _refresh(self) -> None:
        """Bring the ledger up to what the broker has now."""
        for clip, partition in self._reader.read_to_end():
            self._bench.ledger.note(clip, partition)
            if clip.status in ("intent", "made", "unknown"):
                self._note_asked(clip)
        self._refreshed_at = time.monotonic()

    def _note_asked(self, clip: Clip) -> None:
        self._cool_down.note(clip.channel_id, clip.crossed_at)
        self._budget.note(clip.moment_id, clip.crossed_at)

    def _idle(self) -> None:
        """Commit past what needed no record, and look at what other processes recorded."""
        if self._ignored:
            offsets = [TopicPartition(MOMENTS.name, each, offset) for each, offset in self._ignored.items()]
            self._consumer.commit(offsets=offsets, asynchronous=True)
            self._ignored.clear()
        if time.monotonic() - self._refreshed_at > REFRESH_SECONDS:
            self._refresh()
            self._check_assignment()

    def _check_assignment(self) -> None:
        """Raise KafkaException where this process has had no partition for long: it ends and joins anew."""
        if self._consumer.assignment():
            self._assigned_at = time.monotonic()
        elif time.monotonic() - self._assigned_at > UNASSIGNED_SECONDS:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"no partition of {MOMENTS.name} was assigned"))

    def _handle(self, message: Message) -> None:
        error = message.error()
        if error is not None:
            if not error.retriable():
                raise KafkaException(error)
            log.warning("moments not read", reason=str(error))
            return
        moment = understood(message)
        if moment is None or not acted_on(moment) or self._known(moment):
            self._ignored[message.partition()] = message.offset() + 1
            return
        self._act(moment, message)

    def _known(self, moment: Moment) -> bool:
        """True where there is an intent or an outcome, also one that another process has just recorded."""
        if not self._bench.ledger.knows(moment.moment_id):
            self._refresh()
        return self._bench.ledger.knows(moment.moment_id)

    def _act(self, moment: Moment, message: Message) -> None:
        """Record the decision together with the offset, then act on it."""
        clip = decide(moment, self._bench.now(), self._credentials(), self._cool_down, self._budget)
        offset = TopicPartition(MOMENTS.name, message.partition(), message.offset() + 1)
        self._working.add(moment.moment_id)
        try:
            self._bench.journal.record(clip, [offset], self._consumer.consumer_group_metadata())
        except PartitionLostError as lost:
            self._working.discard(moment.moment_id)
            log.warning("moment left to another process", moment=moment.moment_id, reason=str(lost))
            return
        self._ignored.pop(message.partition(), None)
        if moment.no_clip_reason is None:  # a raid's score says nothing of what a clip has to beat
            self._budget.see(moment.crossed_at, moment.score)
        self._begin(moment, clip)

    def _begin(self, moment: Moment, clip: Clip) -> None:
        now = self._bench.now() / 1000
        if clip.status == "intent":
            self._note_asked(clip)
            self._bench.asking.add(now, ClipRequest(self._bench, clip, stretch_of(moment)))
        elif clip.status == "too_late":
            stream = (moment.peak_at, moment.stream_id, moment.stream_started_at)
            self._bench.following.add(now, VodLink(self._bench, clip, *stream))


def understood(message: Message) -> Moment | None:
    """The moment; None, counted, where it fits no contract (the recorder keeps it with its reason).

    None also for a tombstone: the moment's channel has opted out.
    """
    if message.value() is None:
        return None
    try:
        moment: Moment = decode(MOMENTS.name, message.value() or b"")
    except ContractError as error:
        measure(metrics.DEAD_LETTERS).labels(place=MOMENTS.name).inc()
        log.warning("moment not understood", partition=message.partition(), offset=message.offset(), reason=str(error))
        return None
    return moment
