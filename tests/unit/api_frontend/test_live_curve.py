"""The line of a channel's last hour, and the small ones in the list."""

from datetime import timedelta

from api_frontend.data.chat_lines import ChatLine
from api_frontend.text import live_curve

from .examples import MOMENT, PEAK, with_fields

FROM = PEAK - timedelta(minutes=30)


def line(*people: int | None) -> ChatLine:
    """A line of buckets of ten seconds."""
    return ChatLine(FROM, 10, people)


def test_gaps_break_the_line_and_are_counted() -> None:
    curve = live_curve.draw(line(*[2] * 100, *[None] * 60, *[4] * 200), [])
    assert [(gap.start, gap.width) for gap in curve.gaps] == [(100, 60)]
    assert curve.unread_minutes == 10
    assert curve.line.count("M") == 2
    assert (curve.most, curve.last) == (4, 4)
    assert live_curve.draw(line(3, None), []).last is None


def test_moments_stand_on_the_line_in_their_order() -> None:
    later = with_fields(MOMENT, moment_id="later", crossed_at=MOMENT.document.crossed_at + 600_000)
    outside = with_fields(MOMENT, moment_id="outside", crossed_at=MOMENT.document.crossed_at + 9_000_000)
    people = [1] * 360
    people[180] = 50  # the bucket after the one in which the threshold was crossed
    marks = live_curve.draw(line(*people), [later, outside, MOMENT]).moments
    assert [mark.moment.moment_id for mark in marks] == ["abc123", "later"]
    assert abs(marks[0].x - 50) < 0.2
    assert marks[0].y < 10 < 90 < marks[1].y


def test_quarters_of_an_hour_are_marked() -> None:
    marks = live_curve.draw(line(*[1] * 360), []).times
    assert [f"{mark.at:%H:%M:%S}" for mark in marks] == ["16:45:00", "17:00:00", "17:15:00", "17:30:00"]
    assert all(0 < mark.x < 100 for mark in marks)


def test_a_small_line_says_in_words_what_it_shows() -> None:
    small = live_curve.spark(line(*[3] * 30, *[None] * 30))
    assert small is not None
    assert small.text == "Up to 3 people a second in the last hour."
    assert len(small.gaps) == 1
    assert live_curve.spark(line(0, 0)).text == "Nobody wrote in the last hour."  # type: ignore[union-attr]
    assert live_curve.spark(line(0, 1)).text == "Up to 1 person a second in the last hour."  # type: ignore[union-attr]
    assert live_curve.spark(line(None, None)) is None
    assert live_curve.spark(None) is None
