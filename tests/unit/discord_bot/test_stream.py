"""Streams between polls: by id and start, whatever Twitch's lists do."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from unit.discord_bot.examples import NOW, listed, polled, seconds

from discord_notices.rules.stream import OVER_SECONDS, PolledStream, observed, observed_all
from twitch_access.answers import Stream


def test_a_new_stream_begins() -> None:
    (begun,) = observed(None, listed(), NOW)
    assert (begun.stream_id, begun.revision, begun.polls, begun.viewers_peak) == ("s1", 1, 1, 100)
    assert begun.is_live


def test_flapping_within_75_s_is_one_stream_that_never_ended() -> None:
    known = polled()
    (gone,) = observed(known, None, NOW + seconds(20))
    assert gone.missing_since == NOW + seconds(20)
    assert gone.revision == known.revision
    assert observed(gone, None, NOW + seconds(75)) == []
    (back,) = observed(gone, listed(viewer_count=9), NOW + seconds(95))
    assert back.is_live
    assert back.revision == known.revision


def test_a_stream_that_stays_away_ended_when_it_was_last_seen() -> None:
    gone = polled(missing_since=NOW + seconds(20))
    (ended,) = observed(gone, None, NOW + seconds(20 + OVER_SECONDS))
    assert ended.ended_at == NOW
    assert ended.revision == gone.revision + 1
    assert observed(ended, None, NOW + timedelta(days=7)) == []


def test_the_same_stream_may_come_back_after_its_end() -> None:
    ended = polled(ended_at=NOW, missing_since=NOW)
    (back,) = observed(ended, listed(), NOW + seconds(600))
    assert back.stream_id == "s1"
    assert back.is_live
    assert back.revision == ended.revision + 1


def test_another_id_with_the_same_start_is_the_same_stream() -> None:
    (same,) = observed(polled(), listed(id="s2"), NOW)
    assert same.stream_id == "s1"


def test_an_old_answer_of_twitchs_changes_nothing() -> None:
    assert observed(polled(), listed(id="s0", started_at=NOW - seconds(3600)), NOW + seconds(20)) == []


def test_a_later_stream_ends_the_one_before() -> None:
    later = listed(id="s2", started_at=NOW + seconds(300))
    ended, begun = observed(polled(), later, NOW + seconds(320))
    assert (ended.stream_id, ended.ended_at) == ("s1", NOW)
    assert (begun.stream_id, begun.is_live) == ("s2", True)


def test_what_messages_show_raises_the_revision_and_viewers_do_not() -> None:
    known = polled()
    assert observed(known, listed(viewer_count=5), NOW)[0].revision == known.revision
    assert observed(known, listed(title="Other"), NOW)[0].revision == known.revision + 1
    assert observed(known, listed(game_name="Go"), NOW)[0].revision == known.revision + 1


def test_viewers_are_summed_by_poll() -> None:
    stream = observed(None, listed(viewer_count=100), NOW)[0]
    stream = observed(stream, listed(viewer_count=301), NOW)[0]
    assert (stream.viewers_peak, stream.viewers_mean, stream.viewers_now) == (301, 200, 301)


answers = st.lists(st.tuples(st.sampled_from([None, 0, 1, 2]), st.integers(1, 60)), max_size=40)


@given(answers)
def test_whatever_is_listed_a_channel_has_one_live_stream_and_starts_only_grow(polls: list) -> None:
    """And a stream's row is never taken back to an older start, nor its revision lowered."""
    rows: dict[str, PolledStream] = {}
    at, newest = NOW, None
    for number, pause in polls:
        at += seconds(pause)
        answer: Stream | None = None
        if number is not None:
            answer = listed(id=f"s{number}", started_at=NOW + seconds(number * 7))
        for stream in observed_all({"c1": newest} if newest else {}, {"c1": answer} if answer else {}, ["c1"], at):
            before = rows.get(stream.stream_id)
            assert before is None or stream.revision >= before.revision
            rows[stream.stream_id] = stream
        last = max(rows.values(), key=lambda each: each.started_at, default=None)
        assert newest is None or (last and last.started_at >= newest.started_at)
        newest = last
        assert sum(each.ended_at is None for each in rows.values()) <= 1
