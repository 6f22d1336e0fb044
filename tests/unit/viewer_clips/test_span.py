"""All clips of a span are found, however Twitch pages; a property for any number in any place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.support.viewer_clips_twitch import CHANNEL, HOUR, MINUTE, NOW, SECOND, FakeTwitch, found

from twitch_access.answers import FoundClip
from viewer_clips.rules.span import GRID_MS, Span, clips_of, utc

DAY = Span(NOW - 6 * HOUR, NOW)


def all_of(twitch: FakeTwitch, span: Span) -> dict[str, FoundClip]:
    return clips_of(
        lambda window, cursor: twitch.get_clips_page(CHANNEL, utc(window.from_at), utc(window.until_at), cursor), span
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-7 * HOUR, HOUR), max_size=60), st.integers(0, 40))
def test_every_clip_of_the_span_and_no_other(ages: list[int], more: int) -> None:
    twitch = FakeTwitch()
    crowd = [found(f"crowd{number}", NOW - HOUR - number * SECOND) for number in range(more * 50)]
    twitch.clips = [found(f"one{number}", NOW + age) for number, age in enumerate(ages)] + crowd
    expected = {
        clip.id for clip in twitch.clips if DAY.from_at <= round(clip.created_at.timestamp() * 1000) < DAY.until_at
    }
    assert set(all_of(twitch, DAY)) == expected


def test_a_quiet_window_costs_one_request(twitch: FakeTwitch) -> None:
    twitch.clips = [found("one", NOW - MINUTE)]
    assert set(all_of(twitch, DAY)) == {"one"}
    assert len(twitch.asked) == 1


def test_pages_that_repeat_end_and_are_asked_for_in_halves(twitch: FakeTwitch) -> None:
    twitch.clips = [found(f"c{number}", NOW - number * MINUTE) for number in range(1, 240)]
    twitch.repeats = True
    assert len(all_of(twitch, DAY)) == 239
    assert min(window.length for window in twitch.asked) >= GRID_MS


def test_a_cursor_that_never_ends_does(twitch: FakeTwitch) -> None:
    twitch.clips = [found(f"c{number}", NOW - 1) for number in range(3_000)]  # in one second: nothing parts them
    assert len(all_of(twitch, DAY)) == 1_000


@pytest.mark.parametrize("age", [0, -1, 6 * HOUR + 1])
def test_what_twitch_shows_of_other_times_is_left_to_their_own_span(twitch: FakeTwitch, age: int) -> None:
    twitch.clips = [found("outside", NOW - age)]
    assert all_of(twitch, DAY) == {}
