"""Every message that the simulator sent is in Kafka once, or in a recorded gap. Runs after the kills, by its name."""

from collections import Counter, defaultdict

from end_to_end.made_before import KEPT, partitions_now
from end_to_end.world import World
from integration.support.emote_recount import MINUTE_MS, Versions, recount, stored

from contracts import codec
from contracts.chat_messages import Coverage, Message, Tick
from contracts.topics import CHAT_MESSAGES, DEFAULT
from embedded.processes.waiting import wait_for
from embedded.records import read_topic

IN_FLIGHT_MS = 5_000  # sent just before the recount
FAULT_MS = 250  # chat delivered less than this before a kill may be lost; it is inside the gap


def test_every_message_is_in_kafka_once_or_in_a_gap(world: World) -> None:
    last = max(each["sent_at"] for each in world.truth("messages"))
    wait_for("the last tick has passed the recount", lambda: last_tick(world) > last, 60, 1)
    records = world.records("chat-messages")
    found = Counter(each.message_id for each in records if isinstance(each, Message))
    assert [name for name, times in found.items() if times > 1] == []
    gaps = {}
    for each in records:
        if isinstance(each, Coverage) and each.event == "gap":
            gaps.setdefault(each.channel_id, []).append((each.gap_from_at, each.gap_until_at))
    sent = [each for each in world.truth("messages") if each["sent_at"] <= last]
    assert len(sent) > 1_000
    missing = [each for each in sent if each["message_id"] not in found]
    unexplained = [each for each in missing if not in_a_gap(each, gaps.get(each["channel_id"], []))]
    assert unexplained == []
    assert set(found) >= {each["message_id"] for each in sent} - {each["message_id"] for each in missing}


def in_a_gap(message: dict, gaps: list[tuple[int, int]]) -> bool:
    return any(start - FAULT_MS <= message["sent_at"] <= until + FAULT_MS for start, until in gaps)


def last_tick(world: World) -> int:
    """Return the earliest of the partitions' newest ticks: a commit reaches one partition after the other."""
    newest: dict[int, int] = defaultdict(int)
    for record in read_topic(world.system.address("KAFKA_BOOTSTRAP_SERVERS"), CHAT_MESSAGES.name):
        each = codec.decode(CHAT_MESSAGES.name, record.value or b"")
        if isinstance(each, Tick):
            newest[record.partition] = max(newest[record.partition], each.sent_at)
    return min(newest.values())


def test_ticks_never_go_back_in_any_partition(world: World) -> None:
    newest: dict[int, int] = {}
    late = 0
    for record in read_topic(world.system.address("KAFKA_BOOTSTRAP_SERVERS"), "chat-messages"):
        each = codec.decode("chat-messages", record.value or b"")
        if isinstance(each, Tick):
            assert each.sent_at >= newest.get(record.partition, 0)
            newest[record.partition] = each.sent_at
        elif not (isinstance(each, Coverage) and each.event == "gap"):  # written when it is over, dated at its start
            late += each.sent_at <= newest.get(record.partition, 0)
    assert len(newest) == DEFAULT.chat
    assert late == 0


def test_the_counts_in_postgres_are_the_messages_in_kafka(world: World) -> None:
    records = [each for each in world.records("chat-messages") if isinstance(each, Message)]
    counted = Counter((each.channel_id, each.sent_at // 60_000) for each in records)
    upto = world.query("SELECT extract(epoch FROM max(event_at)) FROM pipeline_progress WHERE stage = 'job'")[0][0]
    rows = world.query(
        "SELECT channel_id, extract(epoch FROM minute_at)::bigint / 60,"
        " (SELECT sum(n) FROM unnest(messages) AS n) FROM chat_counts"
    )
    counted = {(channel, minute): total for channel, minute, total in rows}
    complete = {key: total for key, total in counted.items() if (key[1] + 1) * 60 < upto - 10}
    assert complete
    assert {key: counted.get(key) for key in complete} == complete


def test_the_uses_of_emotes_in_postgres_are_those_in_chat(world: World) -> None:
    """By the catalogues that Postgres has, after every process was killed."""
    until = last_tick(world) // MINUTE_MS * MINUTE_MS
    lines = [each for each in world.records("chat-messages") if isinstance(each, Message) and each.sent_at < until]
    expected = recount(lines, Versions(world.system.dsn()))
    wait_for(
        "all uses are recorded", lambda: stored(world.system.dsn(), until)[0].total() >= expected[0].total(), 60, 1
    )
    found = stored(world.system.dsn(), until)
    assert found[0] == expected[0]
    assert found[1] == expected[1]
    assert {"twitch", "bttv"} <= {provider for _, _, (provider, _, _) in found[0]}


def test_topics_keep_the_partitions_they_were_made_with(world: World) -> None:
    assert partitions_now(world.system.address("KAFKA_BOOTSTRAP_SERVERS")) == DEFAULT
    assert KEPT in world.system.log("topic_setup").read_text()
