"""Which moments a server gets, and how their message grows or goes away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from unit.discord_bot.examples import NOW, moment, moment_state, seconds

from discord_notices.rules.guild import MomentChoice
from discord_notices.rules.moment import (
    CHANGES_SECONDS,
    CLIP_FRESH_SECONDS,
    CLIP_WAIT_SECONDS,
    FRESH_SECONDS,
    MomentState,
    Stage,
    change_of,
    is_posted,
    is_wanted,
)

ON = MomentChoice(is_on=True, least_seconds=0)
EARLY = MomentChoice(is_on=True, is_early=True, least_seconds=0)
MADE = {"clip_status": "made", "clip_url": "https://clips.twitch.tv/x"}


def raised(**changes: object) -> MomentState:
    return moment_state("raised", **changes)


def test_moments_are_off_by_default() -> None:
    assert not is_wanted(moment_state(**MADE), MomentChoice())
    assert is_wanted(moment_state(**MADE), ON)


def test_filters() -> None:
    state = moment_state(moment=moment(mood="laughter", biggest_in_seconds=7200))
    assert is_wanted(state, MomentChoice(is_on=True, least_seconds=7200, moods=("laughter",), games=("chess",)))
    assert not is_wanted(state, MomentChoice(is_on=True, least_seconds=7201))
    assert not is_wanted(state, MomentChoice(is_on=True, least_seconds=0, moods=("hype",)))
    assert not is_wanted(state, MomentChoice(is_on=True, least_seconds=0, games=("Go",)))
    assert not is_wanted(moment_state(moment=moment(biggest_in_seconds=None)), MomentChoice(is_on=True))
    assert not is_wanted(moment_state(moment=moment(shadow=True)), ON)


def test_without_the_choice_a_moment_comes_with_its_clip() -> None:
    assert not is_posted(raised(), ON, [], NOW)
    assert is_posted(moment_state(**MADE), ON, [], NOW + seconds(CLIP_FRESH_SECONDS))
    assert not is_posted(moment_state(**MADE), ON, [], NOW + seconds(CLIP_FRESH_SECONDS + 1))


def test_by_choice_it_comes_while_the_crowd_erupts() -> None:
    assert is_posted(raised(), EARLY, [], NOW + seconds(FRESH_SECONDS))
    assert not is_posted(raised(), EARLY, [], NOW + seconds(FRESH_SECONDS + 1))
    assert not is_posted(raised(moment=moment("raised", no_clip_reason="cause")), EARLY, [], NOW)


def test_a_server_has_a_rate() -> None:
    choice = MomentChoice(is_on=True, least_seconds=0, per_hour=2)
    recent = [NOW - seconds(10), NOW - seconds(3599)]
    assert not is_posted(moment_state(**MADE), choice, recent, NOW)
    assert is_posted(moment_state(**MADE), choice, recent, NOW + seconds(2))


def test_the_message_grows_into_the_clip() -> None:
    assert change_of(raised(), Stage.RAISED, NOW) == "wait"
    assert change_of(moment_state("peaked"), Stage.RAISED, NOW) == "edit"
    assert change_of(moment_state(**MADE), Stage.PEAKED, NOW) == "edit"
    assert change_of(moment_state(**MADE), Stage.CLIP, NOW) == "wait"
    assert change_of(moment_state(**MADE), Stage.CLIP, NOW + seconds(CHANGES_SECONDS + 1)) == "close"


@pytest.mark.parametrize("status", ["refused", "skipped", "unknown", "too_late"])
def test_it_goes_away_without_a_clip(status: str) -> None:
    assert change_of(moment_state(clip_status=status), Stage.CLOSED, NOW) == "withdraw"


def test_it_goes_away_where_nobody_says_anything_of_a_clip() -> None:
    assert (
        change_of(moment_state(moment=moment(no_clip_reason=None), clip_status="intent"), Stage.CLOSED, NOW) == "wait"
    )
    assert change_of(moment_state(), Stage.CLOSED, NOW + seconds(CLIP_WAIT_SECONDS + 1)) == "withdraw"


def test_what_is_hidden_or_opted_out_goes_away() -> None:
    assert change_of(None, Stage.CLIP, NOW) == "withdraw"


states = st.builds(
    moment_state,
    st.sampled_from(["raised", "peaked", "closed"]),
    clip_status=st.sampled_from([None, "intent", "made", "refused", "skipped", "unknown", "too_late"]),
    clip_url=st.sampled_from(["", "https://clips.twitch.tv/x"]),
)


@given(states, st.sampled_from(Stage), st.floats(0, 2 * CHANGES_SECONDS))
def test_a_clip_is_never_withdrawn_and_an_edit_always_shows_more(state: MomentState, shown: Stage, age: float) -> None:
    change = change_of(state, shown, NOW + seconds(age))
    if shown is Stage.CLIP:
        assert change in ("wait", "close")
    if change == "edit":
        assert state.stage > shown


@given(states, st.floats(0, 2 * CHANGES_SECONDS), st.booleans())
def test_what_is_posted_is_not_withdrawn_at_once(state: MomentState, age: float, is_early: bool) -> None:
    choice = MomentChoice(is_on=True, least_seconds=0, is_early=is_early)
    at = NOW + seconds(age)
    if is_posted(state, choice, [], at):
        assert change_of(state, state.stage, at) in ("wait", "close")
