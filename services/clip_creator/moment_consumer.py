"""Reads moments and records the decision on each before anything is requested."""

import threading
import time
from collections.abc import Callable

import msgspec
import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from clip_creator.clip_log.reader import ClipReader
from clip_creator.clip_log.records import LINKED, is_worth_resuming
from clip_creator.clip_log.writer import PartitionLostError
from clip_creator.decision.budget import HourlyBudget
from clip_creator.decision.cooldown import Cooldown
from clip_creator.decision.decision import Credentials, decide, is_decisive
from clip_creator.decision.refusals import Refusals
from clip_creator.decision.wanted_range import wanted_range_of
from clip_creator.requests.context import StepContext
from clip_creator.requests.request import ClipRequest
from clip_creator.requests.resumption import resuming_step
from clip_creator.requests.vod_link import VodLink, known_link
from contracts import metrics
from contracts.clips import Clip
from contracts.codec import ContractError, decode
from contracts.moments import Moment
from contracts.topics import MOMENTS
from service_runtime.kafka import consumer_config
from service_runtime.measures import measure
from service_runtime.measuring.group_lag import lag_of
from service_runtime.settings import KafkaSettings

log = structlog.get_logger()
GROUP = "clip-creator"
# A process restarted under its own name gets its partitions back at once; another process gets them after 10 s.
MEMBERSHIP = {"session.timeout.ms": 10_000, "heartbeat.interval.ms": 2_000}
POLL_SECONDS = 0.2
# Without a partition: after a broker restart the group may have forgotten this member. A process that is one more than
# `moments` has partitions, which is one by default, restarts this often, until the other ends.
UNASSIGNED_SECONDS = 45.0
REFRESH_SECONDS = 5.0  # between two reads of `clips` while no moments arrive


class MomentConsumer:
    """The service's only reader of `moments`; its state is rebuilt from the topic `clips`."""

    def __init__(
        self, kafka: KafkaSettings, context: StepContext, reader: ClipReader, credentials: Callable[[], Credentials]
    ) -> None:
        membership = MEMBERSHIP | {"group.instance.id": context.settings.instance}
        self._consumer = Consumer(consumer_config(kafka, GROUP, **membership) | lag_of(GROUP))
        self._context = context
        self._reader = reader
        self._credentials = credentials
        self._cooldown = Cooldown(context.settings.cool_down_seconds)
        self._budget = HourlyBudget(context.settings.hourly_budget)
        self._refusals = Refusals()
        self._hidden = context.settings.hidden()
        self._in_progress: set[str] = set()  # ids of moments that this process has steps for
        self._new_partitions: set[int] = set()  # assigned since the last poll
        self._skipped_to: dict[int, int] = {}  # partition to the offset after moments that need no record
        self._refreshed_at = 0.0
        self._assigned_at = time.monotonic()

    def run(self, stop: threading.Event) -> None:
        """Read until `stop`. A KafkaException ends the worker."""
        self._context.writer.open()
        self._refresh()
        self._consumer.subscribe([MOMENTS.name], on_assign=self._on_assign)
        try:
            while not stop.is_set():
                message = self._consumer.poll(POLL_SECONDS)
                self._resume_open_clips()
                if message is None:
                    self._idle()
                else:
                    self._handle(message)
        finally:
            self._context.urgent.close()
            self._consumer.close()
            self._reader.close()

    def _on_assign(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._new_partitions |= {each.partition for each in partitions}
        self._skipped_to.clear()

    def _resume_open_clips(self) -> None:
        """Resume what earlier owners of newly assigned partitions left open."""
        if not self._new_partitions:
            return
        self._refresh()
        may_read = self._credentials().application
        for clip in self._context.latest_clips.open_clips(self._new_partitions):
            can_be = may_read or clip.status not in LINKED
            if can_be and clip.moment_id not in self._in_progress and is_worth_resuming(clip, self._context.now()):
                self._in_progress.add(clip.moment_id)
                log.info("resuming a clip that an earlier process left open", moment=clip.moment_id, status=clip.status)
                self._context.follow_ups.add(time.time(), resuming_step(self._context, clip))
        self._new_partitions.clear()

    def _refresh(self) -> None:
        """Read the clip records that other processes have written since the last call."""
        for clip, partition in self._reader.read_to_end():
            self._context.latest_clips.apply(clip, partition)
            self._refusals.add(clip)
            if clip.status in ("intent", "made", "unknown"):
                self._count_request(clip)
            elif clip.status == "refused":
                self._cooldown.remove_request(clip.channel_id, clip.crossed_at)
                self._budget.remove_request(clip.moment_id)
        self._refreshed_at = time.monotonic()

    def _count_request(self, clip: Clip) -> None:
        self._cooldown.add_request(clip.channel_id, clip.crossed_at)
        self._budget.add_request(clip.moment_id, clip.crossed_at)

    def _idle(self) -> None:
        """Commit the offsets of moments that needed no record, and read what other processes recorded."""
        if self._skipped_to:
            offsets = [TopicPartition(MOMENTS.name, each, offset) for each, offset in self._skipped_to.items()]
            self._consumer.commit(offsets=offsets, asynchronous=True)
            self._skipped_to.clear()
        if time.monotonic() - self._refreshed_at > REFRESH_SECONDS:
            self._refresh()
            self._check_assignment()

    def _check_assignment(self) -> None:
        """Raise KafkaException after too long without a partition: the restarted process joins the group anew."""
        if self._consumer.assignment():
            self._assigned_at = time.monotonic()
        elif time.monotonic() - self._assigned_at > UNASSIGNED_SECONDS:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"no partition of {MOMENTS.name} was assigned"))

    def _handle(self, message: Message) -> None:
        error = message.error()
        if error is not None:
            if not error.retriable():
                raise KafkaException(error)
            log.warning("reading moments failed", reason=str(error))
            return
        moment = decode_moment(message)
        if moment is None or not is_decisive(moment) or self._is_recorded(moment):
            self._skipped_to[message.partition()] = message.offset() + 1
            return
        self._decide(moment, message)

    def _is_recorded(self, moment: Moment) -> bool:
        """Return whether the moment has a record, including one that another process has just written."""
        if not self._context.latest_clips.contains(moment.moment_id):
            self._refresh()
        return self._context.latest_clips.contains(moment.moment_id)

    def _decide(self, moment: Moment, message: Message) -> None:
        """Record the decision and the offset in one transaction, then start the steps."""
        now, credentials = self._context.now(), self._credentials()
        clip = decide(moment, now, credentials, self._cooldown, self._budget, self._refusals, self._hidden)
        if clip.status in LINKED and (url := known_link(self._context, clip, moment)) is not None:
            clip = msgspec.structs.replace(clip, vod_url=url)
        offset = TopicPartition(MOMENTS.name, message.partition(), message.offset() + 1)
        self._in_progress.add(moment.moment_id)
        try:
            self._context.writer.write(clip, [offset], self._consumer.consumer_group_metadata())
        except PartitionLostError as lost:
            self._in_progress.discard(moment.moment_id)
            log.warning("moment belongs to another process now", moment=moment.moment_id, reason=str(lost))
            return
        self._skipped_to.pop(message.partition(), None)
        if moment.no_clip_reason is None:  # a raid's score does not raise the bar for genuine moments
            self._budget.add_score(moment.crossed_at, moment.score)
        self._start(moment, clip, may_read=credentials.application)

    def _start(self, moment: Moment, clip: Clip, may_read: bool) -> None:
        now = self._context.now() / 1000
        if clip.status == "intent":
            self._count_request(clip)
            self._context.urgent.add(now, ClipRequest(self._context, clip, wanted_range_of(moment)))
        elif clip.status in LINKED and clip.vod_url is None and may_read:
            self._context.follow_ups.add(now, VodLink(self._context, clip, moment))


def decode_moment(message: Message) -> Moment | None:
    """Decode a moment; return None for a tombstone (the channel opted out) or for one that violates the contract.

    A violation is counted here; the recorder stores it as a dead letter.
    """
    if message.value() is None:
        return None
    try:
        moment: Moment = decode(MOMENTS.name, message.value() or b"")
    except ContractError as error:
        measure(metrics.DEAD_LETTERS).labels(place=MOMENTS.name).inc()
        log.warning(
            "moment violates its contract", partition=message.partition(), offset=message.offset(), reason=str(error)
        )
        return None
    return moment
