"""What an open intent is worth, and whether our message is on Discord."""

from hypothesis import given
from hypothesis import strategies as st
from unit.discord_bot.examples import NOW, moment, moment_state, polled, seconds

from discord_bot.posting.moment_posts import moment_verdict
from discord_bot.sending.discord_side import SEARCHED_MESSAGES, Searched
from discord_bot.sending.verdict import GIVE_UP_SECONDS, SEEN_SECONDS, found_by, stream_verdict
from discord_notices.rules.moment import CLIP_FRESH_SECONDS, FRESH_SECONDS


def test_only_what_a_poll_listed_lately_is_announced() -> None:
    stream = polled(seen_at=NOW)
    assert stream_verdict(stream, NOW + seconds(SEEN_SECONDS), NOW) == "now"
    assert stream_verdict(stream, NOW + seconds(SEEN_SECONDS + 1), NOW) == "wait"
    assert stream_verdict(polled(missing_since=NOW), NOW, NOW) == "wait"


def test_a_stream_that_is_over_is_not_announced() -> None:
    assert stream_verdict(polled(ended_at=NOW), NOW, NOW) == "over"
    assert stream_verdict(polled(), NOW + seconds(7 * 86400), NOW) == "over"
    assert stream_verdict(polled(), NOW + seconds(GIVE_UP_SECONDS + 1), NOW) == "over"


def test_our_message_is_found_by_its_marker() -> None:
    assert found_by(Searched(own={"n": 5}), "n", NOW) == "sent"
    assert found_by(Searched(own={"m": 5}), "n", NOW) == "missing"


def test_where_the_last_messages_do_not_reach_back_nobody_can_tell() -> None:
    later = Searched(own={}, oldest_at=NOW + seconds(1))
    assert found_by(later, "n", NOW) == "unknown"
    assert found_by(Searched(own={}, oldest_at=NOW - seconds(61)), "n", NOW) == "missing"
    assert SEARCHED_MESSAGES == 50


@given(st.booleans(), st.one_of(st.none(), st.integers(-3600, 3600)))
def test_a_message_that_may_be_there_is_never_missing(is_there: bool, oldest: int | None) -> None:
    """It was sent at or after its intent: only where everything since then was seen, it is missing."""
    oldest_at = None if oldest is None else NOW + seconds(oldest)
    found = found_by(Searched(own={"n": 1} if is_there else {}, oldest_at=oldest_at), "n", NOW)
    if is_there:
        assert found == "sent"
    if found == "missing":
        assert oldest_at is None or oldest_at < NOW


def test_a_moment_that_is_no_news_waits_for_its_clip() -> None:
    fresh = moment_state("raised", moment=moment("raised", no_clip_reason=None))
    made = moment_state(clip_status="made", clip_url="https://c")
    assert moment_verdict(None, NOW) == "over"
    assert moment_verdict(fresh, NOW) == "now"
    assert moment_verdict(fresh, NOW + seconds(FRESH_SECONDS + 1)) == "wait"
    assert moment_verdict(moment_state(clip_status="refused"), NOW) == "over"
    assert moment_verdict(made, NOW + seconds(CLIP_FRESH_SECONDS)) == "now"
    assert moment_verdict(made, NOW + seconds(CLIP_FRESH_SECONDS + 1)) == "over"
