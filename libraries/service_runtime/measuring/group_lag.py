"""How many records of Kafka a consumer group has before it, by librdkafka's own statistics."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from contracts.metrics import GROUP_LAG
from service_runtime.measures import measure

EVERY_MS = 10_000  # Prometheus asks every 15 s


class Partition(msgspec.Struct):
    """A partition of the statistics; `consumer_lag` is -1 while librdkafka does not know it."""

    consumer_lag: int = -1


class Topic(msgspec.Struct):
    """A topic of the statistics."""

    partitions: dict[str, Partition] = {}


class Statistics(msgspec.Struct):
    """What we read of librdkafka's STATISTICS.md."""

    topics: dict[str, Topic] = {}


_statistics = msgspec.json.Decoder(Statistics)


def lags(statistics: str) -> dict[str, int]:
    """Return the records that wait by topic, without topics of which no partition is known."""
    found = {}
    for name, topic in _statistics.decode(statistics).topics.items():
        known = [each.consumer_lag for each in topic.partitions.values() if each.consumer_lag >= 0]
        if known:
            found[name] = sum(known)
    return found


def note(group: str, statistics: str) -> None:
    """Set the metric from librdkafka's statistics, which come while the consumer is polled."""
    for topic, records in lags(statistics).items():
        measure(GROUP_LAG).labels(group=group, topic=topic).set(records)


def lag_of(group: str) -> dict[str, Any]:
    """Return the settings with which a consumer tells its group's lag."""
    callback: Callable[[str], None] = partial(note, group)
    return {"statistics.interval.ms": EVERY_MS, "stats_cb": callback}
