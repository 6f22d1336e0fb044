"""Which news an open page is told: what its filter would have listed."""

from dataclasses import replace

import pytest

from api_frontend.data.filters import Filter
from api_frontend.data.moments import Channel
from api_frontend.views.events import belongs

from .examples import MOMENT, PEAK, with_clip

FELT = replace(MOMENT, mood="awe", causes=["raid", "vote"])
LUNA = Channel("11", "lunaplays", "LunaPlays")


@pytest.mark.parametrize(
    ("wanted", "is_told"),
    [
        (Filter(), True),
        (Filter(mood="awe"), True),
        (Filter(mood="hype"), False),
        (Filter(cause="raid"), True),
        (Filter(cause="vote"), False),  # by the first cause, as the list does
        (Filter(mood="awe", cause="raid", channel="lunaplays"), True),
        (Filter(clips_only=True), False),
        (Filter(from_at=PEAK), False),
        (Filter(shadow=True), False),
    ],
)
def test_a_page_is_told_what_it_would_list(wanted: Filter, is_told: bool) -> None:
    assert belongs(FELT, wanted, LUNA if wanted.channel else None) is is_told


def test_a_shadow_is_told_to_no_visitor_also_not_with_a_clip() -> None:
    assert not belongs(replace(FELT, shadow=True), Filter(), None)
    assert not belongs(replace(with_clip("made"), shadow=True), Filter(clips_only=True), None)
