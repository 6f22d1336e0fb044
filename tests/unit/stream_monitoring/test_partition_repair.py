"""Repair: whichever partitions lost their end, and whichever spool has it, no id is lost and none doubled."""

from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import codec
from contracts.chat_messages import Coverage, Tick
from contracts.topics import CHAT_MESSAGES, DEAD_LETTERS, STREAM_LIFECYCLE
from stream_monitoring.capture.continuity import Lacking
from stream_monitoring.forwarding import partition_repair, unread
from stream_monitoring.forwarding.kafka_log import PartitionId, tick_of
from stream_monitoring.forwarding.key_partition import murmur2, partition_of_key
from stream_monitoring.forwarding.partition_repair import (
    MAX_MS,
    MAX_RECORDS,
    Divergence,
    LostRecords,
    find_divergence,
    is_too_far,
    resends,
)
from stream_monitoring.forwarding.resume import LastTick
from stream_monitoring.spool.batch import DEAD_LETTER_KEY, REMOVED_KEY, TICK_KEY, destinations
from stream_monitoring.spool.frame import Frame
from stream_monitoring.spool.record_header import read_header

from .examples import id_of, message

LAG = 3
CHANNELS = 8
COUNT = 3  # partitions of chat-messages here
CHAT = [(CHAT_MESSAGES.name, number) for number in range(COUNT)]
LIFECYCLE = (STREAM_LIFECYCLE.name, 0)
PARTITIONS = [*CHAT, LIFECYCLE]
COUNTS = {CHAT_MESSAGES.name: COUNT, STREAM_LIFECYCLE.name: 1}
Contents = dict[PartitionId, list[bytes]]  # values of the committed records, in their order


def tick(sent_at: int, spool_id: str, position: int) -> bytes:
    return codec.encode(
        Tick(
            schema_version=1,
            sent_at=sent_at,
            received_at=0,
            instance="t",
            spool_id=spool_id,
            spool_position=position,
            format_version=partition_repair.FORMAT_VERSION,
        )
    )


def frames_of(sizes: list[int], spool_id: str) -> list[Frame]:
    """Messages 0, 1, 2, … sent at 10, 11, 12, … in the channels in turn; each tick is LAG behind the last."""
    frames, number, position = [], 0, 0
    for size in sizes:
        numbers = range(number, number + size)
        lines = [part for each in numbers for part in (b"%d" % (each % CHANNELS), message(f"m{each}", 10 + each))]
        number, first, position = number + size, position, position + size + 1
        sent_at = 10 + number - 1 - LAG
        frames.append(Frame.of(first, [*lines, TICK_KEY, tick(sent_at, spool_id, position)], sent_at))
    return frames


def write(contents: Contents, frame: Frame, partitions: list[PartitionId]) -> None:
    """Add a frame's records and its tick to those of these partitions that they belong to."""
    for key, value in zip(frame.lines[0:-2:2], frame.lines[1:-2:2], strict=True):
        partition = CHAT_MESSAGES.name, partition_of_key(key, COUNT)
        if partition in partitions:
            contents[partition].append(value)
    for partition in partitions:
        contents[partition].append(frame.tick)


def last_ticks(contents: Contents) -> dict[PartitionId, LastTick]:
    found = {each: [tick for tick in map(tick_of, values) if tick] for each, values in contents.items()}
    return {partition: ticks[-1] for partition, ticks in found.items() if ticks}


def known_after(contents: Contents, between: Divergence) -> dict[PartitionId, set[str]]:
    """The least that the reader has to know: what is later than the last tick, or follows it."""
    known: dict[PartitionId, set[str]] = {}
    for partition, last in between.behind.items():
        follows, known[partition] = False, set[str]()
        for value in contents[partition]:
            if found := tick_of(value):
                follows = follows or found == last
            elif follows or read_header(value).sent_at > last.sent_at:
                known[partition].add(id_of(value))
    return known


def repair(contents: Contents, frames: list[Frame], spool_id: str, transactions: int | None = None) -> None:
    """Repair from this spool; `transactions`: how many are committed before the repairer dies."""
    between = find_divergence(last_ticks(contents), PARTITIONS)
    if between is None:
        return
    latest = between.latest
    lost = LostRecords(between, spool_id, known_after(contents, between), COUNTS)
    repeated = tick(latest.sent_at, latest.spool_id, latest.spool_position)
    for number, resend in enumerate(resends(frames, lost, repeated, lambda lacking: told(lacking, latest))):
        if number == transactions:
            return
        for to, value in resend.records:
            contents[to.topic, partition_of_key(to.key or b"", COUNTS[to.topic])].append(value)
        for partition in resend.partitions:
            contents[partition].append(resend.tick)


def told(lacking: Lacking, latest: LastTick) -> list[bytes]:
    """The gaps of all channels, as the capture makes them."""
    found = [(channel, *stretch) for channel in map(str, range(CHANNELS)) for stretch in lacking(channel)]
    assert all(until <= latest.sent_at + LAG for _, _, until in found)
    return [line for channel, after, until in found for line in (b"l" + channel.encode(), gap(channel, after, until))]


def gap(channel: str, after: int, until: int, event: str = "gap", reason: str = "") -> bytes:
    """Coverage: not read after one event time and up to the other, as the record of a gap or of its beginning."""
    begin = after + 1
    times = {"gap_from_at": begin, "gap_until_at": until} if event == "gap" else {}
    fields = {"kind": "coverage", "schema_version": 1, "channel_id": channel, "sent_at": begin, "received_at": 0}
    return codec.encode(
        msgspec.convert({**fields, "instance": "t", "event": event, "reason": reason, **times}, Coverage)
    )


def resume_after(contents: Contents, frames: list[Frame], spool_id: str) -> None:
    """Show a tick of this spool after another's last one, and send what is later and not there."""
    after, known = max(last_ticks(contents).values(), key=lambda each: each.sent_at).sent_at, ids(contents)
    for values in contents.values():
        values.append(tick(after, spool_id, 0))
    for frame in frames:
        pairs = list(zip(frame.lines[0:-2:2], frame.lines[1:-2:2], strict=True))
        kept = [pair for pair in pairs if read_header(pair[1]).sent_at > after and id_of(pair[1]) not in known]
        shown = tick(max(after, frame.tick_at), spool_id, frame.end)
        lines = [part for pair in [*kept, (TICK_KEY, shown)] for part in pair]
        write(contents, Frame.of(frame.first, lines, frame.tick_at), PARTITIONS)


def after_power_cut(frames: list[Frame], kept: list[int]) -> Contents:
    """What chat's partitions have if each kept so many of the frames' transactions; the lifecycle topic kept all."""
    contents: Contents = {partition: [] for partition in PARTITIONS}
    for number, frame in enumerate(frames):
        write(contents, frame, [LIFECYCLE, *(each for each, count in zip(CHAT, kept, strict=True) if number < count)])
    return contents


def late(values: list[bytes]) -> list[str]:
    """The records at or before an earlier tick, and ticks that go back."""
    reached, found = 0, []
    for value in values:
        header = read_header(value)
        if header.kind == "tick":
            found += ["tick"] if header.sent_at < reached else []
            reached = max(reached, header.sent_at)
        elif header.sent_at <= reached:
            found.append(id_of(value))
    return found


def ids(contents: Contents) -> Counter[str]:
    values = [value for partition in CHAT for value in contents[partition]]
    return Counter(id_of(value) for value in values if read_header(value).has_id)


def gaps(contents: Contents, partitions: list[PartitionId] = CHAT) -> list[Coverage]:
    values = [value for partition in partitions for value in contents[partition]]
    return [msgspec.json.decode(value, type=Coverage) for value in values if read_header(value).kind == "coverage"]


@pytest.fixture(autouse=True)
def _small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partition_repair, "MOST_RECORDS", 3)
    monkeypatch.setattr(unread, "AHEAD_MS", LAG)


sizes = st.lists(st.integers(1, 6), min_size=2, max_size=10)
cuts = st.lists(st.integers(0, 10), min_size=COUNT, max_size=COUNT)
deaths = st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=3)  # of repairers: the other spool's, and when


@given(sizes, cuts, deaths)
def test_each_partition_gets_back_what_it_lost_once(frame_sizes, kept, died):
    """Whoever repairs, however often it dies meanwhile; the last repairer has the spool that was written from."""
    own = frames_of(frame_sizes, "a")
    other = frames_of([1] * sum(frame_sizes) + [LAG], "b")
    contents = after_power_cut(own, kept)
    for by_other, after in died:
        repair(contents, other if by_other else own, "b" if by_other else "a", after)
    repair(contents, own, "a")
    assert ids(contents) == Counter(f"m{number}" for number in range(sum(frame_sizes)))
    assert find_divergence(last_ticks(contents), PARTITIONS) is None
    assert gaps(contents) == gaps(contents, [LIFECYCLE]) == []
    assert [late(values) for values in contents.values()] == [[]] * len(PARTITIONS)


@given(sizes, cuts, deaths)
def test_another_spool_sends_what_the_writer_could_not(frame_sizes, kept, died):
    """The new holder has another spool: it repairs up to the last tick, and resumes after it."""
    own = frames_of(frame_sizes, "a")
    other = frames_of([1] * sum(frame_sizes) + [LAG], "b")
    contents = after_power_cut(own, kept)
    for by_other, after in died:
        repair(contents, other if by_other else own, "b" if by_other else "a", after)
    repair(contents, other, "b")
    resume_after(contents, other, "b")
    assert ids(contents) == Counter(f"m{number}" for number in range(sum(frame_sizes) + LAG))
    assert find_divergence(last_ticks(contents), PARTITIONS) is None
    assert gaps(contents) == gaps(contents, [LIFECYCLE]) == []
    assert [late(values) for values in contents.values()] == [[]] * len(PARTITIONS)


def test_a_record_is_sent_only_to_the_topic_that_lacks_it():
    gap = codec.encode(
        Coverage(schema_version=1, channel_id="7", sent_at=20, received_at=0, instance="t", event="joined")
    )
    lines = [b"l7", gap, b"7", message("m", 20), DEAD_LETTER_KEY, b"{}", REMOVED_KEY, b"", TICK_KEY, b""]
    behind = {each: LastTick(10, "a", 0) for each in PARTITIONS}
    known = {each: {id_of(gap)} if each != LIFECYCLE else set[str]() for each in PARTITIONS}
    lost = LostRecords(Divergence(behind, LastTick(20, "a", 5)), "a", known, COUNTS)
    assert [(to.topic, value) for to, value in lost.of(Frame.of(0, lines, 20))] == [
        (STREAM_LIFECYCLE.name, gap),
        (CHAT_MESSAGES.name, message("m", 20)),
    ]


def test_partitions_that_end_alike_do_not_diverge():
    same, later = LastTick(10, "a", 5), LastTick(10, "a", 7)
    assert find_divergence({}, PARTITIONS) is None
    assert find_divergence(dict.fromkeys(PARTITIONS, same), PARTITIONS) is None
    found = find_divergence({CHAT[0]: same, LIFECYCLE: later}, PARTITIONS)
    assert found == Divergence({CHAT[0]: same, CHAT[1]: LastTick(0, "a", 0), CHAT[2]: LastTick(0, "a", 0)}, later)
    assert found.earliest.sent_at == 0


def test_a_partition_that_is_far_behind_is_not_repaired():
    """What a power cut takes is in reach, even of a drain; an old backup is not."""

    def between(behind: LastTick, latest: LastTick) -> Divergence:
        return Divergence({CHAT[0]: behind}, latest)

    behind, far = LastTick(1_000, "a", 10), MAX_RECORDS + 11
    assert not is_too_far(between(behind, LastTick(90_000_000, "a", far - 1)), "a")
    assert is_too_far(between(behind, LastTick(9_000, "a", far)), "a")
    assert not is_too_far(between(behind, LastTick(1_000 + MAX_MS, "b", far)), "a")
    assert is_too_far(between(behind, LastTick(1_001 + MAX_MS, "b", 11)), "a")
    assert not is_too_far(between(LastTick(0, "a", 0), LastTick(1_790_000_000_000, "a", far)), "a")


def test_every_key_of_a_frame_has_its_destination():
    assert [list(each) for each in destinations(b"l12")] == [["chat-messages", b"12"], ["stream-lifecycle", b"12"]]
    assert [list(each) for each in destinations(b"o12")] == [["chat-messages", b"12"]]
    assert [list(each) for each in destinations(DEAD_LETTER_KEY)] == [[DEAD_LETTERS.name, None]]
    assert destinations(REMOVED_KEY) == []


def test_the_hash_of_a_key_is_kafkas():
    """The values of Kafka's own tests, as unsigned numbers."""
    expected = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536}
    expected |= {
        "a-little-bit-longer-string": -1486304829,
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    }
    assert {key: murmur2(key.encode()) for key in expected} == {k: v & 0xFFFFFFFF for k, v in expected.items()}
