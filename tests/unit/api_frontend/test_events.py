"""Which news an open page is sent: what its list would show, and of what it missed the last minutes."""

from datetime import UTC, datetime, timedelta

import pytest

from api_frontend.data.lists.filters import Filter
from api_frontend.data.stored_moment import Channel
from api_frontend.views.events import OVERLAP, REACH, event_id, since_when

from .examples import MOMENT, PEAK, with_clip, with_fields

CROWD = with_fields(MOMENT, mood="awe", causes=["raid", "vote"])
LUNA = Channel("11", "lunaplays", "LunaPlays")


@pytest.mark.parametrize(
    ("wanted", "is_sent"),
    [
        (Filter(), True),
        (Filter(mood="awe"), True),
        (Filter(mood="hype"), False),
        (Filter(cause="raid"), True),
        (Filter(cause="vote"), False),  # by the first cause, as the list does
        (Filter(mood="awe", cause="raid", channel="lunaplays").of(LUNA), True),
        (Filter(channel="nobody").of(None), False),
        (Filter(clips_only=True), False),
        (Filter(from_at=PEAK), False),
        (Filter(shadow=True), False),
    ],
)
def test_a_page_is_sent_what_it_would_list(wanted: Filter, is_sent: bool) -> None:
    assert wanted.fits(CROWD) is is_sent


def test_no_visitor_is_sent_an_experimental_moment() -> None:
    assert not Filter().fits(with_fields(CROWD, shadow=True))
    assert not Filter(clips_only=True).fits(with_fields(with_clip("made"), shadow=True))


def ago(since: datetime | None) -> timedelta:
    """How far back a page is told what it missed."""
    assert since is not None
    return datetime.now(UTC) - since


@pytest.mark.parametrize("missed", [timedelta(minutes=16), timedelta(days=1), timedelta(days=20_000)])
def test_a_page_that_was_away_for_long_is_told_of_15_minutes(missed: timedelta) -> None:
    told = event_id(datetime.now(UTC) - missed)
    assert timedelta(minutes=15) == REACH
    for since in (since_when(told, None), since_when(None, int(told)), since_when(None, 0), since_when("0", None)):
        assert timedelta(0) <= ago(since) - REACH < timedelta(seconds=30)


def test_a_page_that_was_away_for_less_is_told_of_that() -> None:
    missed = timedelta(minutes=14)
    since = since_when(event_id(datetime.now(UTC) - missed), None)
    assert timedelta(0) <= ago(since) - missed - OVERLAP < timedelta(seconds=30)


@pytest.mark.parametrize("told", ["yesterday", "1e9", "9" * 40, "-" + "9" * 40])
def test_a_page_that_says_no_time_has_missed_nothing(told: str) -> None:
    assert since_when(told, None) is None
    assert since_when(None, None) is None
