"""Since when everything is read without a break, and what a new holder tells of it."""

import json
from typing import Any

from contracts.chat_messages import Coverage
from stream_monitoring.capture.continuity import PATIENCE_MS, SETTLED_MS, SETTLING_MS, Account
from stream_monitoring.capture.coverage import CoverageBook
from stream_monitoring.chat.clocks import TwitchClock

OFFSET = 30_000  # the machine's clock is ahead of Twitch's


class Capture:
    """A book, a clock that was learned, and an account of both."""

    def __init__(self, learned: bool = True) -> None:
        self.now = 1_000_000
        self.written: list[Coverage] = []
        self.clock = TwitchClock()
        for number in range(3 * learned):
            self.clock.observe(self.now, self.now - OFFSET - number)
        self.book = CoverageBook("t", self.written.append, lambda: self.now)
        self.account = Account(self.book, self.clock, lambda: self.now)
        self.wanted: set[str] = set()

    def wait(self, milliseconds: int) -> int | None:
        self.now += milliseconds
        self.account.tend(self.wanted)
        return self.account.read_since

    def join(self, login: str, socket: int = 1) -> int:
        """The room is read from now on; Twitch's time of it."""
        at = self.clock.estimate(self.now)
        self.book.joined(login, login, socket, at)
        return at


def values(lines: list[bytes]) -> list[dict[str, Any]]:
    assert {key[:1] for key in lines[0::2]} <= {b"l"}
    return [json.loads(value) for value in lines[1::2]]


def reading(*logins: str) -> tuple[Capture, int]:
    """All are read; Twitch's time since when."""
    capture = Capture()
    capture.wanted = set(logins)
    capture.wait(0)
    since = max(capture.join(login) for login in logins)
    capture.wait(SETTLING_MS)
    return capture, since


def test_everything_is_read_since_the_last_room_was_joined_on_twitchs_clock():
    capture = Capture()
    capture.wanted = {"a", "b"}
    capture.wait(0)
    capture.join("a")
    assert capture.wait(SETTLING_MS) is None
    since = capture.join("b")
    assert abs((capture.wait(1000) or 0) - since) < 10


def test_nothing_is_known_before_twitchs_clock_is_learned_or_the_list_had_time_to_come():
    blind = Capture(learned=False)
    blind.wanted = {"a"}
    blind.wait(0)
    blind.join("a")
    assert blind.wait(SETTLING_MS) is None
    early = Capture()
    early.wanted = {"a"}
    early.wait(0)
    early.join("a")
    assert early.wait(SETTLING_MS - 1) is None
    assert Capture().wait(SETTLING_MS) is None


def test_a_break_begins_it_anew():
    capture, since = reading("a", "b")
    capture.book.lost("a", 1, since + 100, "deaf")
    assert capture.wait(1000) is None
    again = capture.join("a", socket=2)
    assert capture.wait(1000) == again


def test_a_channel_that_cannot_be_joined_holds_nobody_up_for_long():
    capture, since = reading("a")
    capture.wanted = {"a", "gone"}
    capture.wait(0)
    assert capture.wait(PATIENCE_MS - 1) is None
    assert capture.wait(1) == since


def test_a_channel_that_was_just_chosen_for_all_is_no_break():
    capture, since = reading("a")
    capture.wait(SETTLED_MS)
    capture.wanted = {"a", "new"}
    assert capture.wait(1000) == since
    capture.join("new")
    assert capture.wait(1000) == since
    capture.book.lost("new", 1, capture.clock.estimate(capture.now), "deaf")
    assert capture.wait(1000) is None


def test_a_gap_is_told_for_channels_whose_account_begins_after_the_last_tick_only():
    capture, since = reading("early")
    capture.now += 60_000
    begun = capture.join("later")
    gaps = values(capture.account.missed(since + 100, None))
    assert [(g["channel_id"], g["sent_at"], g["gap_from_at"], g["gap_until_at"]) for g in gaps] == [
        ("later", since + 101, since + 101, begun)
    ]


def test_a_gap_is_told_for_all_where_the_spools_beginning_was_deleted():
    capture, since = reading("a", "b")
    gaps = values(capture.account.missed(since, since + 5000))
    assert {(each["channel_id"], each["gap_until_at"]) for each in gaps} == {("a", since + 5000), ("b", since + 5000)}


def test_a_channel_that_is_joined_after_the_gap_was_told_gets_its_own():
    capture, since = reading("a")
    capture.wanted = {"a", "slow"}
    capture.wait(0)
    assert values(capture.account.missed(since, None)) == []
    capture.now += 4000
    at = capture.join("slow")
    gap = next(each for each in capture.written if each.event == "gap")
    assert (gap.channel_id, gap.gap_from_at, gap.gap_until_at) == ("slow", since + 1, at)


def test_a_restart_has_its_own_gap_and_gets_no_second_one():
    capture = Capture()
    capture.book.restarted({"a": "a"}, gap_from=50)
    capture.wanted = {"a"}
    capture.wait(0)
    capture.join("a")
    capture.wait(SETTLING_MS)
    assert values(capture.account.missed(20, None)) == []


def test_joined_is_told_of_what_was_read_all_the_time():
    capture, since = reading("a", "b")
    capture.book.lost("b", 1, since + 10, "deaf")
    told = values(capture.account.reads(since + 500))
    assert [(each["channel_id"], each["event"], each["sent_at"]) for each in told] == [("a", "joined", since + 500)]
