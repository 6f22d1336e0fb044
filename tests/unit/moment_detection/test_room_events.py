"""What is remembered of a room: merged, bounded, the same after a restart, and no change where nothing changed."""

from hypothesis import given
from hypothesis import strategies as st

from moment_detection.detection.channel_events import ChannelEvent, parse_events
from moment_detection.evidence.room_events import KEPT, KEPT_SECONDS, Happening, Room, pack, remember, unpack


def notice(event: str, amount: int = 0) -> ChannelEvent:
    return ChannelEvent(0, "notice", event, "", amount)


def rules(text: str) -> ChannelEvent:
    return ChannelEvent(0, "room_state", "", text)


def test_a_raid_is_remembered_with_its_viewers_and_forgotten_after_minutes() -> None:
    room = remember(Room(), 100, [notice("raid", 1500)])
    assert room.happenings == (Happening(100, "raid", 1500),)
    assert remember(room, 100 + KEPT_SECONDS, []).happenings == ()


def test_a_gift_of_many_counts_once_though_each_is_named() -> None:
    room = remember(Room(), 100, [notice("submysterygift", 20), *[notice("subgift", 1)] * 20])
    room = remember(room, 103, [notice("subgift", 1)] * 5)  # somebody else gives five
    assert [(each.second, each.amount) for each in room.happenings] == [(100, 25)]
    later = remember(room, 125, [notice("subgift", 1)])
    assert [(each.second, each.amount) for each in later.happenings] == [(100, 25), (125, 1)]


def test_the_first_word_on_a_rule_is_no_change_and_a_repeated_one_neither() -> None:
    joined = "emote_only=FALSE subscribers_only=FALSE slow=0 followers_only=-1"
    room = remember(Room(), 1, [rules(joined)])
    room = remember(room, 2, [rules(joined)])  # the other instance has joined, or a socket was opened anew
    assert room.happenings == ()
    room = remember(room, 3, [rules("slow=30")])
    room = remember(room, 4, [rules("slow=60 emote_only=FALSE"), rules("emote_only=TRUE unknown=1")])
    room = remember(room, 9, [rules("slow=0")])
    assert [(each.second, each.subject, each.amount) for each in room.happenings] == [
        (3, "slow", 1), (4, "emote_only", 1), (9, "slow", 0),
    ]  # fmt: skip


controls = st.one_of(
    st.builds(notice, st.sampled_from(["raid", "subgift", "submysterygift", "sub"]), st.integers(0, 10**9)),
    st.builds(rules, st.sampled_from(["slow=0", "slow=5", "emote_only=TRUE", "emote_only=FALSE", "", "x=1"])),
)


@given(st.lists(st.tuples(st.integers(0, 20), st.lists(controls, max_size=5)), max_size=90))
def test_packed_and_unpacked_it_is_the_same_and_bounded(steps: list[tuple[int, list[ChannelEvent]]]) -> None:
    second, kept, restored = 1000, Room(), Room()
    for gap, told in steps:
        second += gap
        kept = remember(kept, second, told)
        restored = unpack(pack(remember(restored, second, told)))
        assert restored == kept
    assert len(kept.happenings) <= KEPT
    assert all(second - each.second < KEPT_SECONDS for each in kept.happenings)
    assert len(pack(kept)) < 4000  # bytes of state a channel


def test_an_amount_and_rules_come_out_of_the_sqls_piece() -> None:
    found = parse_events("5\x1fnotice\x1fraid\x1f\x1f1500\x1f\x1e6\x1froom_state\x1f\x1fslow=30\x1f\x1f")
    assert [(each.kind, each.event, each.amount, each.subject) for each in found] == [
        ("notice", "raid", 1500, ""), ("room_state", "", 0, "slow=30"),
    ]  # fmt: skip
    assert parse_events("5\x1fnotice\x1fraid\x1f\x1f1500") == []
