"""What Kafka keeps: how many hours of chat at which rate, and people's words no longer than they may be kept."""

import json
from random import Random

import pytest

from contracts import schemas
from contracts.log_sizes import HEAVY, USUAL
from contracts.topics import ALL, CHAT_MESSAGES, DEAD_LETTERS, DEFAULT, LARGE, Topic
from twitch_simulator.crowd.channels import ZIPF_EXPONENT

HOUR_MS = 3_600_000
WORDS = (CHAT_MESSAGES, DEAD_LETTERS)
FREE_TEXT = {"text", "payload"}  # fields with what somebody wrote
SPREADS = 200


def kept_hours(partitions: int, messages_per_second: int, message_bytes: int, busiest: float) -> float:
    """Return for how long the fullest partition keeps its chat."""
    in_fullest = messages_per_second / partitions * busiest * message_bytes
    return int(CHAT_MESSAGES.config_for(partitions)["retention.bytes"]) / in_fullest / 3600


@pytest.mark.parametrize(
    ("partitions", "load", "messages_per_second", "hours"),
    [(DEFAULT.chat, USUAL, 300, 48), (LARGE.chat, HEAVY, 5_000, 4)],
)
def test_each_setting_keeps_its_hours_of_chat(partitions, load, messages_per_second, hours):
    kept = kept_hours(partitions, messages_per_second, load.message_bytes, load.busiest)
    assert kept > hours - 0.001  # the bytes are whole numbers


def fullest(channels: int, partitions: int) -> list[float]:
    """Return the fullest partition's chat, in shares of an equal one, for many ways to spread the channels."""
    rnd, found = Random(1), []
    for _ in range(SPREADS):
        filled = [0.0] * partitions
        for rank in range(channels):
            filled[rnd.randrange(partitions)] += (rank + 1) ** -ZIPF_EXPONENT * rnd.lognormvariate(0, 0.25)
        found.append(max(filled) / sum(filled) * partitions)
    return found


@pytest.mark.parametrize(("channels", "load", "partitions", "share"), [(40, USUAL, 4, 0.95), (2_000, HEAVY, 20, 0.5)])
def test_so_often_no_partition_is_fuller(channels, load, partitions, share):
    found = fullest(channels, partitions)
    assert share <= sum(each <= load.busiest for each in found) / SPREADS <= share + 0.1


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
def test_peoples_words_are_in_short_segments(topic: Topic):
    schema = json.loads(schemas.path(topic.name).read_text())
    assert (topic in WORDS) == bool(FREE_TEXT & property_names(schema))
    if topic in WORDS:
        config = topic.config_for(1)
        assert int(config["retention.ms"]) <= 48 * HOUR_MS
        assert int(config["segment.ms"]) <= HOUR_MS
        assert int(config["segment.bytes"]) <= 64 * 1024 * 1024
        assert config["message.timestamp.type"] == "LogAppendTime"  # a producer's clock decides nothing


def property_names(schema: object) -> set[str]:
    """Return the names of all fields in a schema."""
    if isinstance(schema, list):
        return set().union(*map(property_names, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", ()))
    return own.union(*map(property_names, schema.values()))
