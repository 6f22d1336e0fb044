"""Flink's adapter: keyed state and timers around a `Channel`, rows of SQL in, Kafka records out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import MapStateDescriptor, ValueStateDescriptor

from clip_detector.channel import Channel, SecondRow
from clip_detector.detector import Detector, Rules
from clip_detector.progress import Progress
from clip_detector.records import Record, end_of
from clip_detector.state import pack, unpack
from contracts import metrics
from service_runtime.measures import measure

MEASURES = {
    "seconds": metrics.DETECTOR_SECONDS,
    "records": metrics.DETECTOR_RECORDS,
    "late": metrics.DETECTOR_LATE_RECORDS,
    "event_time": metrics.DETECTOR_EVENT_TIME,
}
TICKS = ""  # the channel id of the rows that tell event time, see sql/records.sql
KEY_TYPE = Types.ROW([Types.STRING()])
SECOND_TYPE = Types.ROW(
    [Types.INT(), Types.LONG(), Types.LONG(), Types.STRING(), Types.STRING(), Types.INT()]  # SecondRow and late records
)
RECORD_TYPE = Types.ROW_NAMED(
    ["topic", "key", "value", "event_at"], [Types.STRING(), Types.STRING(), Types.STRING(), Types.LONG()]
)


@dataclass(frozen=True)
class ProcessOptions:
    """What the job's operator is given. `emit_after`: milliseconds; what became due at or before is not emitted."""

    rules: Rules
    with_texts: bool = True
    emit_after: int = 0


class MapSlots:
    """A channel's texts in Flink's keyed state."""

    def __init__(self, state: Any) -> None:
        self._state = state

    def get(self, slot: int) -> str | None:
        """The slot's text, None where there is none."""
        text: str | None = self._state.get(slot)
        return text

    def put(self, slot: int, text: str) -> None:
        """Write a slot."""
        self._state.put(slot, text)

    def remove(self, slot: int) -> None:
        """Drop a slot."""
        self._state.remove(slot)


class DetectorProcess(KeyedProcessFunction):  # type: ignore[misc]
    """Runs one `Channel` a key; the key of the ticks runs `Progress`."""

    def __init__(self, options: ProcessOptions) -> None:
        self._options = options

    def open(self, runtime_context: RuntimeContext) -> None:
        """Ask for the state; its names are part of every checkpoint."""
        # Packed bytes; the "pickle" of bytes is their copy, other array types go byte by byte in thread mode.
        self._detectors = runtime_context.get_state(ValueStateDescriptor("detector", Types.PICKLED_BYTE_ARRAY()))
        self._texts = runtime_context.get_map_state(MapStateDescriptor("texts", Types.INT(), Types.STRING()))
        self._slots = MapSlots(self._texts) if self._options.with_texts else None
        # Python runs in the driver's process, whose port serves these; Flink's reporter would listen on all addresses.
        self._measures = {name: measure(metric) for name, metric in MEASURES.items()}

    def process_element(self, value: Row, ctx: KeyedProcessFunction.Context) -> Iterator[Row]:
        """One channel's second, or a second of ticks."""
        key = ctx.get_current_key()
        channel_id = key[0] if isinstance(key, Row) else key
        *row, late = value
        if channel_id == TICKS:
            yield from self._progress(row[0], late)
            return
        self._measures["seconds"].inc()
        packed = self._detectors.value()
        detector = unpack(packed, self._options.rules) if packed else Detector(self._options.rules)
        yield from self._rows(Channel(channel_id, detector, self._slots).row(SecondRow(*row)))
        self._keep(detector, ctx)

    def on_timer(self, timestamp: int, ctx: KeyedProcessFunction.OnTimerContext) -> Iterator[Row]:
        """What became due in silence."""
        packed = self._detectors.value()
        if not packed:
            return
        key = ctx.get_current_key()
        detector = unpack(packed, self._options.rules)
        channel = Channel(key[0] if isinstance(key, Row) else key, detector, self._slots)
        yield from self._rows(channel.advance((timestamp + 1) // 1000 - 1))
        if detector.forgettable():
            self._detectors.clear()
            self._texts.clear()
        else:
            self._keep(detector, ctx)

    def _keep(self, detector: Detector, ctx: KeyedProcessFunction.Context) -> None:
        due = detector.due()
        if due < detector.timer or detector.timer <= detector.at:
            ctx.timer_service().register_event_time_timer(end_of(due) - 1)
            detector.timer = due
        self._detectors.update(pack(detector))

    def _progress(self, second: int, late: int) -> Iterator[Row]:
        packed = self._detectors.value()
        progress = Progress.unpack(packed) if packed else Progress()
        if late:
            self._measures["late"].inc(late)
        if second:
            self._measures["event_time"].set(second + 1)
        told = progress.take(second, late)
        self._detectors.update(progress.pack())
        if told:
            yield from self._rows([(end_of(second), told)])

    def _rows(self, told: list[tuple[int, Record]]) -> Iterator[Row]:
        for event_at, record in told:
            if event_at > self._options.emit_after:
                self._measures["records"].labels(topic=record.topic).inc()
                yield Row(record.topic, record.key.decode(), record.value.decode(), event_at)
