"""The baseline of the job's bench: the same records from Python that is called once a message, without SQL windows.

Same source, same detector, same sinks, same state types; each message goes into Python's state of its second, and
the second's timer gives the row that the SQL window gives in the job.
"""

from collections.abc import Iterator

from pyflink.common import Row, Types
from pyflink.datastream import DataStream, KeyedProcessFunction, RuntimeContext, StreamExecutionEnvironment
from pyflink.datastream.state import MapStateDescriptor
from pyflink.table import StreamTableEnvironment

from clip_detector.job.detector_operator import RECORD_TYPE, DetectorOperator
from clip_detector.job.pipeline import JobOptions, keyed_by_first, sinks, source
from moment_detection.detection.channel_events import PIECE

MESSAGE_TYPE = Types.ROW([Types.INT(), Types.BOOLEAN(), Types.STRING(), Types.STRING(), Types.STRING()])
MESSAGES = """
SELECT
    channel_id,
    ROW(
        TIMESTAMPDIFF(SECOND, TIMESTAMP '1970-01-01 00:00:00', CAST(ts AS TIMESTAMP(3))),
        is_message, chatter, {piece}, channel_event)
FROM records WHERE channel_id <> ''
"""
PART = "\x1c"  # between the parts of a message in state
MESSAGE = "\x1b"  # between messages in state


class PerMessageProcess(DetectorOperator):
    """Collects a second's messages in keyed state and hands them to the detector when event time has passed it."""

    def open(self, runtime_context: RuntimeContext) -> None:
        """The detector's state, and the seconds that are not complete."""
        super().open(runtime_context)
        self._seconds = runtime_context.get_map_state(MapStateDescriptor("seconds", Types.INT(), Types.STRING()))

    def process_element(self, value: Row, ctx: KeyedProcessFunction.Context) -> Iterator[Row]:
        """One message."""
        second, is_message, chatter, piece, control = value
        said = PART.join(("1" if is_message else "", chatter or "", piece or "", control or ""))
        before = self._seconds.get(second)
        if before is None:
            ctx.timer_service().register_event_time_timer((second + 1) * 1000 - 1)
            self._seconds.put(second, said)
        else:
            self._seconds.put(second, before + MESSAGE + said)
        return iter(())

    def on_timer(self, timestamp: int, ctx: KeyedProcessFunction.OnTimerContext) -> Iterator[Row]:
        """A second is complete, or something became due in silence."""
        second = (timestamp + 1) // 1000 - 1
        said = self._seconds.get(second)
        if said is None:
            yield from super().on_timer(timestamp, ctx)
            return
        self._seconds.remove(second)
        parts = [each.split(PART) for each in said.split(MESSAGE)]
        messages = sum(1 for each in parts if each[0])
        chatters = len({each[1] for each in parts if each[0]})
        pieces = PIECE.join(each[2] for each in parts if each[2]) or None
        controls = PIECE.join(each[3] for each in parts if each[3]) or None
        key = ctx.get_current_key()
        row = Row(key[0] if isinstance(key, Row) else key, second, messages, chatters, pieces, controls, 0)
        yield from super().process_element(row, ctx)


def build(env: StreamExecutionEnvironment, job: JobOptions) -> None:
    """Put the whole baseline into `env`."""
    tables = StreamTableEnvironment.create(env)
    source(tables, job)
    piece = "piece" if job.operator.with_texts else "CAST(NULL AS STRING)"
    messages = tables.sql_query(MESSAGES.format(piece=piece))
    rows: DataStream = tables.to_append_stream(messages, Types.ROW([Types.STRING(), MESSAGE_TYPE]))
    detected = keyed_by_first(rows, MESSAGE_TYPE).process(PerMessageProcess(job.process), RECORD_TYPE)
    sinks(tables, detected, job)
