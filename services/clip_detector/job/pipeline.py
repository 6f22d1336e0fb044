"""The Flink job: source, windows, detector, sinks."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyflink.common import Configuration, TypeInformation, Types
from pyflink.datastream import DataStream, KeyedStream, StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway
from pyflink.table import DataTypes, Schema, StreamTableEnvironment

from clip_detector.job.bucket import BUCKETS
from clip_detector.job.detector_operator import KEY_TYPE, RECORD_TYPE, SECOND_TYPE, DetectorOperator, OperatorOptions
from clip_detector.job.operator_uids import fix_uids
from clip_detector.job.sql_files import literal, options, piece, statement
from contracts import topics
from moment_detection.detection.channel_events import PIECE

# A checkpoint of Python beside the JVM names its states otherwise: under the same uid, all would be empty unnoticed.
DETECTORS = "detectors-in-jvm"


@dataclass(frozen=True)
class JobOptions:
    """What the job reads and how. `kafka`: the connector's properties. `source`: where reading starts and ends.

    `detectors`: the detector's parallelism. The Python code of a JVM shares one interpreter, so a second detector in
    the same JVM gains nothing.
    """

    operator: OperatorOptions
    kafka: Mapping[str, str]
    source: Mapping[str, str]
    input_topic: str = topics.CHAT_MESSAGES.name
    detectors: int = 1


def build(env: StreamExecutionEnvironment, job: JobOptions) -> None:
    """Add the whole job to `env`; `env.execute` runs it."""
    tables = StreamTableEnvironment.create(env)
    source(tables, job)
    records = detect(seconds(tables, job.operator.with_texts), job)
    sinks(tables, records, job)


def source(tables: StreamTableEnvironment, job: JobOptions) -> None:
    """Create the table `chat` over the channels' logs, and the view `records` that the windows read."""
    tables.execute_sql(statement("chat", topic=job.input_topic, options=options({**job.kafka, **job.source})))
    tables.execute_sql(statement("records", piece=piece(), field=literal("\x1f")))


def seconds(tables: StreamTableEnvironment, with_texts: bool) -> DataStream:
    """Return one row per channel and second: (bucket, second row)."""
    separator = literal(PIECE)
    pieces = f"LISTAGG(piece, {separator})" if with_texts else "CAST(NULL AS STRING)"
    rows = tables.sql_query(statement("seconds", pieces=pieces, separator=separator, buckets=str(BUCKETS)))
    stream = tables.to_append_stream(rows, Types.ROW([Types.STRING(), SECOND_TYPE]))
    fix_uids(stream, "seconds")
    return stream


def detect(rows: DataStream, job: JobOptions) -> DataStream:
    """Return the records that the detectors emit."""
    records = keyed_by_first(rows, SECOND_TYPE).process(DetectorOperator(job.operator), RECORD_TYPE)
    return records.name("detector").uid(DETECTORS).set_parallelism(job.detectors)


def keyed_by_first(rows: DataStream, value_type: TypeInformation) -> KeyedStream:
    """Key rows (key, value) in the JVM; `DataStream.key_by` would send each row through Python once more."""
    keyed = rows._j_data_stream.keyBy(get_gateway().jvm.KeyByKeySelector(), KEY_TYPE.get_java_type_info())
    return KeyedStream(keyed, value_type, rows)


def sinks(tables: StreamTableEnvironment, records: DataStream, job: JobOptions) -> None:
    """Write moments and counts as they come, and progress once all detectors have passed a second."""
    schema = (
        Schema.new_builder()
        .column("topic", DataTypes.STRING())
        .column("key", DataTypes.STRING())
        .column("value", DataTypes.STRING())
        .column("event_at", DataTypes.BIGINT())
        .column_by_expression("ts", "TO_TIMESTAMP_LTZ(event_at - 1, 3)")
        .watermark("ts", "SOURCE_WATERMARK()")
        .build()
    )
    tables.create_temporary_view("results", tables.from_data_stream(records, schema))
    statements = tables.create_statement_set()
    for topic in (topics.MOMENTS, topics.CHAT_COUNTS, topics.JOB_PROGRESS):
        tables.execute_sql(statement("sink", topic=topic.name, options=options(job.kafka)))
        kind = "progress" if topic is topics.JOB_PROGRESS else "emit"
        statements.add_insert_sql(statement(kind, topic=topic.name))
    statements.attach_as_datastream()


def environment(config: Mapping[str, str]) -> StreamExecutionEnvironment:
    """Return a Flink environment with `config` on top of the fixed settings, on which the job's exactness depends."""
    configuration = Configuration()
    for name, value in {**FIXED, **config}.items():
        configuration.set_string(name, value)
    return StreamExecutionEnvironment.get_execution_environment(configuration)


FIXED = {
    "execution.target": "local",  # everything in one JVM
    # Python inside the JVM. Beside it, both ends of their connection would listen on every address of the machine.
    "python.execution-mode": "thread",
    "table.exec.source.idle-timeout": "0 ms",  # a partition without new records is not idle: its rows would be late
    "table.local-time-zone": "UTC",
    "pipeline.name": "clip-detector",
    "pipeline.object-reuse": "true",  # 28 % less CPU
    "pipeline.auto-watermark-interval": "50 ms",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
    "restart-strategy.type": "fixed-delay",
    "restart-strategy.fixed-delay.attempts": "3",  # then the process ends and its supervisor restarts it
    "restart-strategy.fixed-delay.delay": "2 s",
}
