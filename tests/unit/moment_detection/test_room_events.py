"""What is remembered of a room: merged, bounded, the same after a restart, and no change where nothing changed."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.detection.channel_events import ChannelEvent, parse_events
from moment_detection.evidence.room_events import (
    KEPT_EVENTS,
    KEPT_SECONDS,
    RecentRoom,
    RoomEvent,
    add_events,
    pack,
    unpack,
)


def notice(event: str, amount: int = 0) -> ChannelEvent:
    return ChannelEvent(0, "notice", event, "", amount)


def rules(text: str) -> ChannelEvent:
    return ChannelEvent(0, "room_state", "", text)


def test_a_raid_is_remembered_with_its_viewers_and_forgotten_after_minutes() -> None:
    room = add_events(RecentRoom(), 100, [notice("raid", 1500)])
    assert room.events == (RoomEvent(100, "raid", 1500),)
    assert add_events(room, 100 + KEPT_SECONDS, []).events == ()


def test_a_gift_of_many_counts_once_though_each_is_named() -> None:
    room = add_events(RecentRoom(), 100, [notice("submysterygift", 20), *[notice("subgift", 1)] * 20])
    room = add_events(room, 103, [notice("subgift", 1)] * 5)  # somebody else gives five
    assert [(each.second, each.amount) for each in room.events] == [(100, 25)]
    later = add_events(room, 125, [notice("subgift", 1)])
    assert [(each.second, each.amount) for each in later.events] == [(100, 25), (125, 1)]


def test_the_first_word_on_a_rule_is_no_change_and_a_repeated_one_neither() -> None:
    joined = "emote_only=FALSE subscribers_only=FALSE slow=0 followers_only=-1"
    room = add_events(RecentRoom(), 1, [rules(joined)])
    room = add_events(room, 2, [rules(joined)])  # the other instance has joined, or a socket was opened anew
    assert room.events == ()
    room = add_events(room, 3, [rules("slow=30")])
    room = add_events(room, 4, [rules("slow=60 emote_only=FALSE"), rules("emote_only=TRUE unknown=1")])
    room = add_events(room, 9, [rules("slow=0")])
    assert [(each.second, each.subject, each.amount) for each in room.events] == [
        (3, "slow", 1), (4, "emote_only", 1), (9, "slow", 0),
    ]  # fmt: skip


controls = st.one_of(
    st.builds(notice, st.sampled_from(["raid", "subgift", "submysterygift", "sub"]), st.integers(0, 10**9)),
    st.builds(rules, st.sampled_from(["slow=0", "slow=5", "emote_only=TRUE", "emote_only=FALSE", "", "x=1"])),
)


@given(st.lists(st.tuples(st.integers(0, 20), st.lists(controls, max_size=5)), max_size=90))
def test_packed_and_unpacked_it_is_the_same_and_bounded(steps: list[tuple[int, list[ChannelEvent]]]) -> None:
    second, kept, restored = 1000, RecentRoom(), RecentRoom()
    for gap, told in steps:
        second += gap
        kept = add_events(kept, second, told)
        restored = unpack(pack(add_events(restored, second, told)))
        assert restored == kept
    assert len(kept.events) <= KEPT_EVENTS
    assert all(second - each.second < KEPT_SECONDS for each in kept.events)
    assert len(pack(kept)) < 4000  # bytes of state a channel


def test_an_amount_and_rules_come_out_of_the_sqls_piece() -> None:
    found = parse_events("5\x1fnotice\x1fraid\x1f\x1f1500\x1f\x1e6\x1froom_state\x1f\x1fslow=30\x1f\x1f")
    assert [(each.kind, each.name, each.amount, each.subject) for each in found] == [
        ("notice", "raid", 1500, ""), ("room_state", "", 0, "slow=30"),
    ]  # fmt: skip
    assert parse_events("5\x1fnotice\x1fraid\x1f\x1f1500") == []
