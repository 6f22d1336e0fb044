"""The Flink operator: keyed state and timers around buckets of channels. SQL rows in, Kafka records out."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import MapStateDescriptor, ValueStateDescriptor

from clip_detector.job import opt_out
from clip_detector.job.bucket import Bucket
from clip_detector.job.emotes import emote_providers
from clip_detector.job.progress import Progress
from contracts import metrics
from moment_detection.channel import Channel, SecondRow
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import RuleBook
from moment_detection.detection.state import pack, unpack
from moment_detection.evidence.text_store import forget_texts
from moment_detection.messages import ResultRecord, end_of
from service_runtime.measures import measure

MEASURES = {
    "seconds": metrics.DETECTOR_SECONDS,
    "records": metrics.DETECTOR_RECORDS,
    "late": metrics.DETECTOR_LATE_RECORDS,
    "event_time": metrics.DETECTOR_EVENT_TIME,
}
TICKS = ""  # channel id and bucket of the rows with event time, see sql/records.sql
KEY_TYPE = Types.ROW([Types.STRING()])
SECOND_TYPE = Types.ROW(
    # channel id, SecondRow, late records
    [Types.STRING(), Types.INT(), Types.LONG(), Types.LONG(), Types.STRING(), Types.STRING(), Types.INT()]
)
RECORD_TYPE = Types.ROW_NAMED(
    ["topic", "key", "value", "event_at"], [Types.STRING(), Types.STRING(), Types.STRING(), Types.LONG()]
)


@dataclass(frozen=True)
class OperatorOptions:
    """The operator's options. `emit_after`: milliseconds; what became due at or before it is not emitted.

    `catalogues`: file of other providers' emotes; without it, only Twitch's are known.
    """

    rules: RuleBook
    with_texts: bool = True
    emit_after: int = 0
    catalogues: Path | None = None


class MapSlots:
    """A channel's texts in Flink's keyed state, which holds those of its whole bucket."""

    def __init__(self, state: Any, channel_id: str) -> None:
        self._state = state
        self._prefix = f"{channel_id} "

    def get(self, slot: int) -> str | None:
        """Return the slot's text, or None if it is empty."""
        text: str | None = self._state.get(f"{self._prefix}{slot}")
        return text

    def put(self, slot: int, text: str) -> None:
        """Write a slot."""
        self._state.put(f"{self._prefix}{slot}", text)

    def remove(self, slot: int) -> None:
        """Empty a slot."""
        self._state.remove(f"{self._prefix}{slot}")


class DetectorOperator(KeyedProcessFunction):  # type: ignore[misc]
    """Runs the channels of one bucket per key; the key of the ticks runs the progress."""

    def __init__(self, options: OperatorOptions) -> None:
        self._options = options

    def open(self, runtime_context: RuntimeContext) -> None:
        """Open the state; its names are part of every checkpoint."""
        # Packed bytes; the "pickle" of bytes is a copy, other array types go byte by byte.
        packed = Types.PICKLED_BYTE_ARRAY()
        self._detectors = runtime_context.get_map_state(MapStateDescriptor("detectors", Types.STRING(), packed))
        self._texts = runtime_context.get_map_state(MapStateDescriptor("texts", Types.STRING(), Types.STRING()))
        self._progress = runtime_context.get_state(ValueStateDescriptor("progress", packed))
        self._emotes = emote_providers(self._options.catalogues)
        self._buckets: dict[str, Bucket] = {}  # of this run; after a restart they are read from the state
        # The driver serves these; Flink's reporter would listen on all addresses.
        self._measures = {name: measure(metric) for name, metric in MEASURES.items()}

    def process_element(self, value: Row, ctx: KeyedProcessFunction.Context) -> Iterator[Row]:
        """Process one channel's second, or a second of ticks."""
        channel_id, *row, late = value
        if channel_id == TICKS:
            yield from self._report_progress(row[0], late)
            return
        self._measures["seconds"].inc()
        bucket = self._bucket(ctx)
        event, is_out = opt_out.last_event(row[4]), channel_id in bucket.opted_out
        if event == "out" or is_out:
            yield from self._opt_out(bucket, channel_id, event, row[0])
            return
        channel = bucket.channels.get(channel_id)
        if channel is None:
            channel = self._channel(channel_id, Detector(*self._options.rules.of(channel_id)))
            bucket.add(channel)
        yield from self._rows(channel.row(SecondRow(*row)))
        self._store(bucket, channel, ctx)

    def on_timer(self, timestamp: int, ctx: KeyedProcessFunction.OnTimerContext) -> Iterator[Row]:
        """Emit what became due in silence."""
        second = (timestamp + 1) // 1000 - 1
        bucket = self._bucket(ctx)
        for channel in bucket.pop_due(second):
            yield from self._rows(channel.advance(second))
            if channel.detector.forgettable():
                self._forget(bucket, channel)
            else:
                self._store(bucket, channel, ctx)

    def _bucket(self, ctx: KeyedProcessFunction.Context) -> Bucket:
        key = ctx.get_current_key()
        name = key[0] if isinstance(key, Row) else key
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket()
            for channel_id, packed in self._detectors.items():
                if opt_out.is_mark(packed):
                    bucket.opted_out.add(channel_id)
                    continue
                bucket.add(self._channel(channel_id, unpack(packed, *self._options.rules.of(channel_id))))
        return bucket

    def _channel(self, channel_id: str, detector: Detector) -> Channel:
        texts = MapSlots(self._texts, channel_id) if self._options.with_texts else None
        return Channel(channel_id, detector, texts, self._emotes)

    def _store(self, bucket: Bucket, channel: Channel, ctx: KeyedProcessFunction.Context) -> None:
        if (due := bucket.plan_timer(channel)) is not None:
            ctx.timer_service().register_event_time_timer(end_of(due) - 1)
        self._detectors.put(channel.channel_id, pack(channel.detector))

    def _forget(self, bucket: Bucket, channel: Channel) -> None:
        bucket.remove(channel)
        self._detectors.remove(channel.channel_id)
        if channel.texts is not None:
            forget_texts(channel.texts)

    def _opt_out(self, bucket: Bucket, channel_id: str, event: opt_out.Event | None, second: int) -> Iterator[Row]:
        """Drop the channel, or accept it again from the next second; ignore its rows in between."""
        channel = bucket.channels.get(channel_id)
        if event == "in":
            bucket.opted_out.discard(channel_id)
            self._detectors.remove(channel_id)
        elif channel is not None:
            yield from self._rows(channel.advance(second - 1))
            self._forget(bucket, channel)
            for slot in [each for each in self._texts.keys() if each.startswith(f"{channel_id} ")]:  # noqa: SIM118
                self._texts.remove(slot)  # those of an open moment too
        if event == "out":
            bucket.opted_out.add(channel_id)
            self._detectors.put(channel_id, opt_out.MARK)

    def _report_progress(self, second: int, late: int) -> Iterator[Row]:
        packed = self._progress.value()
        progress = Progress.unpack(packed) if packed else Progress()
        if late:
            self._measures["late"].inc(late)
        if second:
            self._measures["event_time"].set(second + 1)
        record = progress.update(second, late)
        self._progress.update(progress.pack())
        if record:
            yield from self._rows([(end_of(second), record)])

    def _rows(self, records: list[tuple[int, ResultRecord]]) -> Iterator[Row]:
        for event_at, record in records:
            if event_at > self._options.emit_after:
                self._measures["records"].labels(topic=record.topic).inc()
                yield Row(record.topic, record.key.decode(), record.value.decode(), event_at)
