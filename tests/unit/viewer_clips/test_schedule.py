"""What is new first, then what an outage left open from its end backwards, then all of it once more."""

from unit.support.viewer_clips_twitch import HOUR, MINUTE, NOW

from viewer_clips.rules.schedule import (
    BACK_MS,
    OVERLAP_MS,
    PIECE_MS,
    TAIL_MS,
    Channel,
    Gap,
    Job,
    Pace,
    Turn,
    next_job,
    split_front,
)
from viewer_clips.rules.span import Span

DAY = 24 * HOUR


def channel(name: str = "a", asked: int = NOW, again: int = NOW, left: int | None = None, live: bool = True) -> Channel:
    return Channel(name, NOW - 60 * DAY, asked, again, left, live)


def due(
    *channels: Channel, gaps: tuple[Gap, ...] = (), now: int = NOW, resting: dict[Turn, float] | None = None
) -> Job | None:
    return next_job(channels, gaps, resting or {}, now, Pace())


def test_a_live_channel_is_asked_every_five_minutes_and_another_hourly() -> None:
    assert due(channel(asked=NOW - 4 * MINUTE)) is None
    job = due(channel(asked=NOW - 5 * MINUTE))
    assert job == Job("new", "a", Span(NOW - 5 * MINUTE - OVERLAP_MS, NOW), job.context if job else Span(0, 0))
    assert due(channel(asked=NOW - 59 * MINUTE, live=False)) is None
    assert due(channel(asked=NOW - HOUR, live=False))


def test_who_waited_longest_by_its_own_pace_is_first() -> None:
    job = due(channel("idle", asked=NOW - 90 * MINUTE, live=False), channel("live", asked=NOW - 20 * MINUTE))
    assert job is not None
    assert job.channel_id == "live"


def test_clips_from_before_it_was_watched_are_not_asked_for() -> None:
    new = Channel("a", NOW - 5 * MINUTE, NOW - 5 * MINUTE, NOW - 5 * MINUTE, None, True)
    job = due(new)
    assert job is not None
    assert job.span.from_at == NOW - 5 * MINUTE


def test_after_an_outage_what_is_new_is_asked_first_and_the_rest_backwards() -> None:
    begin, gap = split_front(channel(asked=NOW - 3 * DAY), NOW)
    assert begin == NOW - HOUR
    assert gap == Gap("a", Span(NOW - 3 * DAY - OVERLAP_MS, begin))
    asked = channel(asked=NOW)
    pieces = []
    while gap is not None and gap.span.length > 0:
        job = due(asked, gaps=(gap,))
        assert job is not None
        pieces.append(job.span)
        assert job.span.length <= PIECE_MS
        gap = Gap("a", Span(gap.span.from_at, job.span.from_at))
    assert pieces[0].until_at == begin
    assert pieces == sorted(pieces, reverse=True)
    assert pieces[-1].from_at == NOW - 3 * DAY - OVERLAP_MS


def test_an_outage_of_months_ends_thirty_days_back() -> None:
    _, gap = split_front(channel(asked=NOW - 50 * DAY), NOW)
    assert gap is not None
    assert gap.span.from_at == NOW - BACK_MS


def test_a_short_break_leaves_no_gap() -> None:
    assert split_front(channel(asked=NOW - 2 * HOUR), NOW) == (NOW - 2 * HOUR, None)


def test_after_a_day_all_is_asked_once_more() -> None:
    assert due(channel(again=NOW - DAY - HOUR + 1)) is None
    job = due(channel(again=NOW - DAY - HOUR))
    assert job is not None
    assert (job.kind, job.span) == ("again", Span(NOW - DAY - HOUR, NOW - DAY))
    assert job.context.from_at < job.span.from_at
    behind = due(channel(again=NOW - 9 * DAY))
    assert behind is not None
    assert behind.span.length == PIECE_MS


def test_a_channel_that_was_left_is_asked_to_its_end_and_then_no_more() -> None:
    left = NOW - 2 * HOUR
    assert due(channel(asked=left + TAIL_MS, left=left)) is None
    job = due(channel(asked=left, left=left))
    assert job is not None
    assert job.span.until_at == left + TAIL_MS
    old = NOW - DAY - TAIL_MS
    last = due(channel(asked=NOW, again=old + TAIL_MS - MINUTE, left=old))
    assert last is not None
    assert last.span == Span(old + TAIL_MS - MINUTE, old + TAIL_MS)
    assert channel(again=old + TAIL_MS, left=old).is_over


def test_a_channel_that_failed_rests_and_the_others_go_on() -> None:
    failed, other = channel("a", asked=NOW - HOUR), channel("b", asked=NOW - 6 * MINUTE)
    job = due(failed, other, resting={("new", "a"): NOW + 1})
    assert job is not None
    assert job.channel_id == "b"
    gap = Gap("a", Span(NOW - DAY, NOW - HOUR))
    assert due(channel("a"), gaps=(gap,), resting={("gap", "a"): NOW + 1}) is None
