"""Edits of one message keep apart, and requests within Discord's fifty a second."""

from hypothesis import given
from hypothesis import strategies as st
from unit.discord_bot.examples import NOW, seconds

from discord_bot.rules.editing import EDIT_SECONDS, OLD_EDIT_SECONDS, OLD_SECONDS, Pace, may_edit


def test_two_edits_keep_apart() -> None:
    assert may_edit(NOW, None, NOW)
    assert not may_edit(NOW, NOW, NOW + seconds(EDIT_SECONDS - 1))
    assert may_edit(NOW, NOW, NOW + seconds(EDIT_SECONDS))


def test_an_old_message_is_edited_rarely_but_at_the_end_soon() -> None:
    edited = NOW + seconds(OLD_SECONDS)
    assert may_edit(NOW, edited, edited + seconds(EDIT_SECONDS), is_last=True)
    assert not may_edit(NOW, edited, edited + seconds(EDIT_SECONDS))
    assert may_edit(NOW, edited, edited + seconds(OLD_EDIT_SECONDS))


@given(st.lists(st.floats(0, 3), min_size=1, max_size=200), st.integers(1, 10))
def test_no_second_has_more_requests_than_allowed(pauses: list[float], most: int) -> None:
    pace, now, sent = Pace(most), 0.0, []
    for pause in pauses:
        now += pause
        wait = pace.wait_seconds(now)
        assert wait >= 0
        sent.append(now + wait)
    assert sent == sorted(sent)
    for place in range(most, len(sent)):
        assert sent[place] - sent[place - most] >= 1.0 - 1e-6


def test_whoever_is_slow_does_not_wait() -> None:
    pace = Pace(2)
    assert [pace.wait_seconds(float(second)) for second in range(5)] == [0.0] * 5
