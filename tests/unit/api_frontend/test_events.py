"""Which news an open page is sent: what its list would show."""

import pytest

from api_frontend.data.lists.filters import Filter
from api_frontend.data.stored_moment import Channel

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
