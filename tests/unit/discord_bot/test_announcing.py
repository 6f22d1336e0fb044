"""Who is told of a stream, and what happens to the notice at its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discord_bot.rules.announcing import Candidate, action_at_end, announced, is_announced
from discord_notices.rules.games import fits

FIELDS = {"guild_id": 1, "stream_id": "s1", "channel_id": "c1", "game_name": "Chess", "text_channel_id": 5}


def candidate(**changes: object) -> Candidate:
    return Candidate(**{**FIELDS, **changes})  # type: ignore[arg-type]


def test_a_live_stream_is_announced() -> None:
    assert is_announced(candidate())


@pytest.mark.parametrize(
    "why_not",
    [
        {"is_live": False},
        {"is_paused": True},
        {"text_channel_id": None},
        {"games": ("Go",)},
        {"state": "intent"},
        {"state": "sent"},
        {"state": "unknown"},
        {"state": "over"},
    ],
)
def test_it_is_not_announced(why_not: dict) -> None:
    assert not is_announced(candidate(**why_not))


def test_what_discord_refused_is_tried_again() -> None:
    assert is_announced(candidate(state="refused"))


def test_games_are_compared_without_case() -> None:
    assert fits(["just CHATTING"], "Just Chatting")
    assert not fits(["Chess"], "")
    assert fits([], "")


candidates = st.builds(
    candidate,
    guild_id=st.integers(1, 3),
    stream_id=st.sampled_from(["s1", "s2"]),
    is_live=st.booleans(),
    is_paused=st.booleans(),
    state=st.sampled_from([None, "intent", "sent", "refused", "unknown", "over"]),
)


@given(st.lists(candidates, max_size=20))
def test_each_server_is_told_of_a_stream_once(found: list[Candidate]) -> None:
    told = [(each.guild_id, each.stream_id) for each in announced(found)]
    assert len(told) == len(set(told))
    assert set(told) == {(each.guild_id, each.stream_id) for each in found if is_announced(each)}


@pytest.mark.parametrize(
    ("at_end", "ended", "shown", "settled", "action"),
    [
        ("edit", False, 1, False, "wait"),
        ("edit", False, 0, False, "edit"),
        ("edit", True, 0, False, "edit"),
        ("edit", True, 1, False, "wait"),
        ("edit", True, 1, True, "close"),
        ("delete", False, 0, False, "edit"),
        ("delete", True, 1, True, "delete"),
        ("leave", True, 0, False, "close"),
    ],
)
def test_the_end_is_the_servers_choice(at_end: str, ended: bool, shown: int, settled: bool, action: str) -> None:
    assert action_at_end(at_end, ended, shown, 1, settled) == action  # type: ignore[arg-type]
