"""Kept room events: merged, bounded, and the same after a restart; a repeated rule is no change."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.detection.channel_events import ChannelEvent, parse_events
from moment_detection.evidence.room_events import (
    KEPT_EVENTS,
    KEPT_SECONDS,
    RecentRoomEvents,
    RoomEvent,
    add_events,
    pack,
    unpack,
)


def notice(name: str, amount: int = 0) -> ChannelEvent:
    return ChannelEvent(0, "notice", name, "", amount)


def rules(text: str) -> ChannelEvent:
    return ChannelEvent(0, "room_state", "", text)


def test_a_raid_is_kept_with_its_viewers_for_minutes() -> None:
    recent = add_events(RecentRoomEvents(), 100, [notice("raid", 1500)])
    assert recent.events == (RoomEvent(100, "raid", 1500),)
    assert add_events(recent, 100 + KEPT_SECONDS, []).events == ()


def test_a_gift_of_many_counts_once() -> None:
    recent = add_events(RecentRoomEvents(), 100, [notice("submysterygift", 20), *[notice("subgift", 1)] * 20])
    recent = add_events(recent, 103, [notice("subgift", 1)] * 5)  # somebody else gives five
    assert [(each.second, each.amount) for each in recent.events] == [(100, 25)]
    later = add_events(recent, 125, [notice("subgift", 1)])
    assert [(each.second, each.amount) for each in later.events] == [(100, 25), (125, 1)]


def test_a_rules_first_value_and_a_repeated_one_are_no_change() -> None:
    joined = "emote_only=FALSE subscribers_only=FALSE slow=0 followers_only=-1"
    recent = add_events(RecentRoomEvents(), 1, [rules(joined)])
    recent = add_events(recent, 2, [rules(joined)])  # the other instance has joined, or a socket was opened anew
    assert recent.events == ()
    recent = add_events(recent, 3, [rules("slow=30")])
    recent = add_events(recent, 4, [rules("slow=60 emote_only=FALSE"), rules("emote_only=TRUE unknown=1")])
    recent = add_events(recent, 9, [rules("slow=0")])
    assert [(each.second, each.subject, each.amount) for each in recent.events] == [
        (3, "slow", 1), (4, "emote_only", 1), (9, "slow", 0),
    ]  # fmt: skip


channel_events_drawn = st.one_of(
    st.builds(notice, st.sampled_from(["raid", "subgift", "submysterygift", "sub"]), st.integers(0, 10**9)),
    st.builds(rules, st.sampled_from(["slow=0", "slow=5", "emote_only=TRUE", "emote_only=FALSE", "", "x=1"])),
)


@given(st.lists(st.tuples(st.integers(0, 20), st.lists(channel_events_drawn, max_size=5)), max_size=90))
def test_packing_keeps_everything_and_is_bounded(steps: list[tuple[int, list[ChannelEvent]]]) -> None:
    second, kept, restored = 1000, RecentRoomEvents(), RecentRoomEvents()
    for gap, channel_events in steps:
        second += gap
        kept = add_events(kept, second, channel_events)
        restored = unpack(pack(add_events(restored, second, channel_events)))
        assert restored == kept
    assert len(kept.events) <= KEPT_EVENTS
    assert all(second - each.second < KEPT_SECONDS for each in kept.events)
    assert len(pack(kept)) < 4000  # bytes of state a channel


def test_amounts_and_rules_are_parsed_from_the_sqls_text() -> None:
    found = parse_events("5\x1fnotice\x1fraid\x1f\x1f1500\x1f\x1e6\x1froom_state\x1f\x1fslow=30\x1f\x1f")
    assert [(each.kind, each.name, each.amount, each.subject) for each in found] == [
        ("notice", "raid", 1500, ""), ("room_state", "", 0, "slow=30"),
    ]  # fmt: skip
    assert parse_events("5\x1fnotice\x1fraid\x1f\x1f1500") == []
