"""State as bytes: it comes back, it stays small, and another version is refused."""

import zlib
from base64 import b64decode

import pytest

from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE, ChannelEvent, parse_events
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.detection.state import STATE_VERSION, StateVersionError, pack, unpack

START = 1_790_000_040
RULES = Rules(4.0)
TRIAL = Rules(2.0, name="lower", shadow=True)
# The states of `channels()` as earlier versions packed them: zlib, base64.
VERSION_2 = {
    "quiet": "eNpjYmJgzLfZmMUABDAaBjQYcANG1hXWMNXJRfnlKQy7gbCMkQGO+RggmJ2J4QQD0ygchaNwFI7CUUgXyDjAAABLoRKX",
    "open moment": (
        "eNpjYmNgvGazMYsBCGA0DEQx4AZcrCusYaqTi/LLU65ANcPoGvaZswQPyztoAdlyCH0O6DSp6uGuhWlQYlRidGFiYIDhJAYIZpdj"
        "0GdkYhiFo3AUjsJROApHIT2gHBiO+p/W5jMOMAAA+lIo7Q=="
    ),
    "with a trial": (
        "eNpjYmJgummzMYsBCGA0DNQw4AZ8rCusIaoZGZKL8stTrkA117DPnCV4WN6BGSaALqEFZMshDHJAp5FNzskvTy2imsmMN9E0qDKq"
        "MnoxMTDAcB0DBLPLMRgxAgNmFI7CUTgKR+EoHIUDAuWgcNT/1DcX2XzGAQYAI/Q6nw=="
    ),
    "asleep": "eNpjYmZgVHDcmMUABOa2EBoZMDJgB4ysK6whqhkZkovyy1Ou2EC4NewzZwkelndgBgCQ/QxO",
}
VERSION_3 = {
    "quiet": (
        "eNpjnnUua6NNPphg0FjAMImBYeKUpclF+eUphycBRa1XTDgw9TDTmRNTzuw+yljGxDAK6Q9HA3404EcWnH6UcTTxjQbBkQbGAQZH"
        "BNDdxMfHPmnCAQBCgSZp"
    ),
    "open moment": (
        "eNpjnnUua6PNNTDBELWAYRIDw8QpS5OL8stTDk0CilqvmDAFJHllOpg87SB/WHDWTPYaLbnTDgwQgMk4dHjqYbmzjPpTzjIqHWVy"
        "YWIYhaOQMjiajEbhaDIahYMDTj/KOGTcKgeGNMhKo0FwpIFxgMERAXQ/JiWxT5o4CdyegzfWSGm7AQDviUn/"
    ),
    "with a trial": (
        "eNpjnnUua6PNTTDBULOAYRIDw6QpS5OL8stTDk0CilqvmDgZJHnltIP8YcFZM9lrmKeA+dNRRbXkTjswQAAm4/DhKUtz8stTi6hp"
        "5NTDcmcZjaacZVQ9yuTFxDAKRyE14GhiGoWjiWkUDj44/SjjkHGrHBRSPUONBsGRBsYBBkcEYP6C+bGujn3SxEngRiS8+XYAAHkNZ4c="
    ),
    "asleep": "eNpjnnUua6OjApCwNWdgWMAwiZFh4pSlyUX55SmHJwFFrVdMnAykbK6cdpA/LDhrJnsN84EDBwB80BiW",
}


def channel(until: int, *rules: Rules) -> Channel:
    """A channel with two chatters per second and a burst of thirty after 300 s."""
    found = Channel("7", Detector(*rules), DictSlots())
    for second in range(until):
        chatters = 30 if second in range(300, 304) else 2
        pieces = PIECE.join(FIELD.join((f"c{n}", f"{second:04}{n:04}", "[]", "wow")) for n in range(chatters))
        found.row(SecondRow(START + second, chatters, chatters, pieces, None))
    return found


def channels() -> dict[str, Channel]:
    asleep = channel(400, RULES)
    asleep.advance(START + 400 + 1000)
    return {
        "quiet": channel(200, RULES),
        "open moment": channel(303, RULES),
        "with a trial": channel(306, RULES, TRIAL),
        "asleep": asleep,
    }


@pytest.mark.parametrize("name", VERSION_2)
def test_a_state_of_the_version_before_is_refused(name: str) -> None:
    with pytest.raises(StateVersionError, match="version 2, this program reads 3"):
        unpack(zlib.decompress(b64decode(VERSION_2[name])), RULES, TRIAL)


@pytest.mark.parametrize("name", VERSION_3)
def test_the_layout_does_not_change_without_a_new_version(name: str) -> None:
    """If this fails, raise STATE_VERSION and add the new states."""
    packed = zlib.decompress(b64decode(VERSION_3[name]))
    assert packed == pack(channels()[name].detector)
    assert packed == pack(unpack(packed, RULES, *([TRIAL] if name == "with a trial" else [])))


def test_an_unknown_version_is_refused() -> None:
    packed = bytes([STATE_VERSION + 1]) + pack(Detector(RULES))[1:]
    with pytest.raises(StateVersionError, match=f"version {STATE_VERSION + 1}"):
        unpack(packed, RULES)


def test_an_open_moment_of_a_dropped_detector_is_abandoned() -> None:
    packed = pack(channel(306, RULES, TRIAL).detector)
    detector = unpack(packed, RULES)
    assert detector.take_abandoned() == [("lower", START + 300)]
    assert detector.take_abandoned() == []
    assert unpack(packed, RULES, TRIAL).take_abandoned() == []


def test_state_is_small_and_smaller_while_asleep() -> None:
    detector = Detector(Rules(moments_per_hour=60.0), Rules(2.0, name="lower", shadow=True))
    for second in range(3 * 3600):
        people = 60 if second % 70 < 3 else 2
        detector.add_second(1_000_000 + second, people, people, (), {str(each) for each in range(people)})
    assert len(detector.moment_rules[0].history.peaks) > 90, "without past bursts, the size means nothing"
    assert len(pack(detector)) < 10_000
    detector.advance(1_000_000 + 3 * 3600 + 900)
    assert len(pack(detector)) < 4_000
    detector.advance(1_000_000 + 3 * 3600 + 48 * 3600)
    assert detector.forgettable()


def test_malformed_events_are_skipped() -> None:
    good = FIELD.join(("5", "coverage", "gap", "", "5", "9"))
    pieces = PIECE.join(("x", good, FIELD.join("123456"), FIELD.join(("", "coverage", "joined", "", "x", ""))))
    expected = [ChannelEvent(0, "coverage", "joined", "", 0, 0), ChannelEvent(5, "coverage", "gap", "", 5, 9)]
    assert parse_events(pieces) == expected
    assert parse_events(None) == []
