"""The graph of emotes: its window, its marks and gaps, its table and its CSV."""

from datetime import UTC, datetime, timedelta

import pytest

from api_frontend.data.emotes.emote import EmoteKey, ShownEmote, parse_key
from api_frontend.data.emotes.window import SECONDS, window_of
from api_frontend.reader import Reader, reading
from api_frontend.text.emote_graph import EmoteGraph, csv_text, draw, mark_text
from emote_counts.series import MOST_POINTS, STEPS, Series

NOW = datetime(2026, 11, 22, 17, 0, 30, tzinfo=UTC)
KEKW = ShownEmote(key=EmoteKey("7tv", "01A"), name="KEKW")
LUL = ShownEmote(key=EmoteKey("twitch", "425618"), name="LUL")


def graph(step: int, *uses: list[int | None], people: bool = True) -> EmoteGraph:
    """A graph of as many steps as there are values."""
    begin = NOW.replace(second=0)
    window = window_of(None, begin, begin + timedelta(seconds=step * len(uses[0])), step, NOW)
    found = [Series(window.period, each, each if people else [None] * len(each)) for each in uses]
    return draw(window, [KEKW, LUL][: len(uses)], found, [])


@pytest.mark.parametrize("name", SECONDS)
def test_every_period_is_shown_whole_in_a_step_that_fits(name: str) -> None:
    window = window_of(name, None, None, None, NOW)  # type: ignore[arg-type]
    period = window.period
    assert period.points <= MOST_POINTS
    assert 0 <= (period.until_at - period.from_at) / 1000 - SECONDS[name] < 2 * period.step_seconds  # type: ignore[index]
    assert period.step_seconds in window.steps
    assert window.is_live == (name in ("live", "hour"))


def test_a_step_that_is_too_fine_becomes_the_next_that_fits() -> None:
    assert [window_of("hour", None, None, step, NOW).period.step_seconds for step in STEPS] == [5, 5, 30, 60, 300, 3600]
    assert window_of("hour", None, None, 1, NOW).steps == [5, 30, 60, 300, 3600]


def test_a_time_without_an_end_ends_now_and_one_without_a_beginning_is_an_hour() -> None:
    period = window_of(None, NOW - timedelta(minutes=10), None, None, NOW).period
    assert (period.step_seconds, period.points) == (1, 600)
    assert window_of(None, None, NOW, None, NOW).period.points == 720


def test_gaps_are_where_nothing_is_known_of_any_emote() -> None:
    drawn = graph(60, [1, None, None, 0, None], [0, None, 2, 0, None])
    assert [(gap.start, gap.width) for gap in drawn.gaps] == [(1, 1)]  # the last minute is not counted yet
    assert drawn.unread_seconds == 60
    assert drawn.lines[0].path.count("M") == 2
    assert [(line.uses, line.most, line.people) for line in drawn.lines] == [(1, 1, 1), (2, 2, 2)]


def test_a_graph_of_zeros_has_a_height() -> None:
    drawn = graph(1, [0] * 60)
    assert drawn.top > 1
    assert [mark.text for mark in drawn.heights] == ["1"]


def test_times_below_are_round_in_the_readers_zone() -> None:
    with reading(Reader(zone="Asia/Kathmandu")):
        drawn = graph(60, [0] * 180)
        texts = [mark_text(mark.at, drawn.with_days) for mark in drawn.times]
    assert texts == ["23:00", "23:30", "00:00", "00:30", "01:00", "01:30"]
    assert [round(mark.x, 1) for mark in drawn.times][:2] == [8.3, 25.0]
    with reading(Reader("de")):
        days = graph(3600, [0] * 720)
        assert next(mark_text(mark.at, days.with_days) for mark in days.times) == "29. Nov."


def test_the_table_has_few_rows_and_leaves_out_what_nobody_read() -> None:
    values: list[int | None] = [1] * 600 + [None] * 60 + [0] * 60
    drawn = graph(5, values)
    assert drawn.row_seconds == 30
    assert len(drawn.rows) == 110
    assert drawn.rows[0][1] == [6]
    assert drawn.rows[-1][1] == [0]
    assert graph(1, [1, None]).row_seconds == 1


def test_the_csv_has_every_step_people_from_a_minute_on_and_no_formula() -> None:
    assert csv_text(graph(60, [1, None])).splitlines() == [
        "time,KEKW uses,KEKW people",
        "2026-11-22T17:00:00Z,1,1",
        "2026-11-22T17:01:00Z,,",
    ]
    assert csv_text(graph(5, [7], people=False)).splitlines() == ["time,KEKW uses", "2026-11-22T17:00:00Z,7"]
    evil = ShownEmote(key=EmoteKey("7tv", "x"), name='=1+1,"\n')
    window = window_of(None, NOW, NOW + timedelta(seconds=1), 1, NOW)
    head = csv_text(draw(window, [evil], [Series(window.period, [0], [None])], [])).split("\r\n")[0]
    assert head == 'time,"\'=1+1,""\n uses"'


@pytest.mark.parametrize("text", ["KEKW", "7tv:", "other:1", "7tv:a b", "7tv:<b>", "7tv:" + "x" * 101])
def test_what_is_no_emote_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="provider:id"):
        parse_key(text)
