"""Channel choice: the cap holds, pinned channels stay, and no channel comes and goes at the edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_monitoring.channels.choice import KEEP_SEAT_SECONDS, Candidate, ChoiceRules, Watched, choose

NOW = 1_000.0
candidates = st.lists(
    st.builds(
        Candidate,
        channel_id=st.integers(1, 40).map(str),
        login=st.just("someone"),
        viewers=st.integers(0, 1000),
        language=st.sampled_from(["en", "de"]),
    ),
    max_size=40,
    unique_by=lambda each: each.channel_id,
)
pinned = st.dictionaries(st.integers(1, 40).map(str), st.just("pinned_one"), max_size=4)


def candidate(channel_id: str, viewers: float) -> Candidate:
    return Candidate(channel_id=channel_id, login=f"c{channel_id}", viewers=viewers)  # type: ignore[arg-type]


def ranked(count: int) -> list[Candidate]:
    return [candidate(str(number), 10_000 - number) for number in range(count)]


@given(st.lists(candidates, min_size=1, max_size=6), pinned, st.integers(0, 10))
def test_the_cap_holds_and_pinned_channels_stay(polls, pins, top):
    present = {}
    for poll in polls:
        present = choose(present, poll, pins, ChoiceRules(top), NOW)
        assert sum(each.reason == "top" for each in present.values()) <= top
        assert all(present[channel_id].reason == "pinned" for channel_id in pins)


@given(candidates, candidates)
def test_the_filter_admits_only_wanted_languages(first, second):
    rules = ChoiceRules(10, languages=frozenset({"de"}))
    wanted = {each.channel_id for each in second if each.language == "de"}
    assert set(choose({}, second, {}, rules, NOW)) <= wanted
    assert all(rules.admit(each) for each in first if each.channel_id in choose({}, first, {}, rules, NOW))


@given(candidates, st.integers(0, 10))
def test_the_same_poll_twice_changes_nothing(poll, top):
    once = choose({}, poll, {}, ChoiceRules(top), NOW)
    assert choose(once, poll, {}, ChoiceRules(top), NOW) == once


def test_a_seat_is_kept_just_below_the_top_and_lost_far_below():
    rules, poll = ChoiceRules(8), ranked(20)
    present = choose({}, poll, {}, rules, NOW)
    assert set(present) == {str(number) for number in range(8)}
    moved = {**{each.channel_id: each for each in poll}, "7": candidate("7", 10_000 - 8.5)}
    assert "7" in choose(present, moved.values(), {}, rules, NOW)
    fallen = {**moved, "7": candidate("7", 1)}
    assert "7" not in choose(present, fallen.values(), {}, rules, NOW)


def test_a_newcomer_at_the_very_top_gets_a_seat_at_once():
    rules = ChoiceRules(8)
    present = choose({}, ranked(20), {}, rules, NOW)
    after = choose(present, [*ranked(20), candidate("new", 99_999)], {}, rules, NOW)
    assert "new" in after
    assert len(after) == 8


@pytest.mark.parametrize("pause", [2.0, 60.0, 100.0])
def test_a_stream_that_flaps_keeps_its_seat_for_the_time_set(pause):
    """However often the list is chosen meanwhile."""
    rules = ChoiceRules(3)
    present, now = choose({}, ranked(3), {}, rules, NOW), NOW
    missing_from = now + pause
    while now + pause < missing_from + KEEP_SEAT_SECONDS:
        now += pause
        present = choose(present, ranked(2), {}, rules, now)
        assert "2" in present
    assert choose(present, ranked(3), {}, rules, now)["2"] == Watched("c2", "top")
    assert "2" not in choose(present, ranked(2), {}, rules, missing_from + KEEP_SEAT_SECONDS)
