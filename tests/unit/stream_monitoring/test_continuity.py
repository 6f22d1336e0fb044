"""Since when every channel is read without a break, and what a new holder reports of it."""

import json
from typing import Any

from contracts.chat_messages import Coverage
from stream_monitoring.capture.continuity import JOIN_PATIENCE_MS, SETTLED_MS, SETTLING_MS, Continuity
from stream_monitoring.capture.coverage import CoverageTracker
from stream_monitoring.chat.clocks import TwitchClock

OFFSET = 30_000  # the machine's clock is ahead of Twitch's


class Capture:
    """A coverage tracker, a clock that was learned, and the continuity of both."""

    def __init__(self, learned: bool = True) -> None:
        self.now = 1_000_000
        self.written: list[Coverage] = []
        self.clock = TwitchClock()
        for number in range(3 * learned):
            self.clock.observe(self.now, self.now - OFFSET - number)
        self.coverage = CoverageTracker("t", self.written.append, lambda: self.now)
        self.continuity = Continuity(self.coverage, self.clock, lambda: self.now)
        self.wanted: set[str] = set()

    def want(self, *logins: str) -> None:
        """Want these channels from now on."""
        self.wanted = set(logins)
        self.wait(0)

    def wait(self, milliseconds: int) -> int | None:
        """Let time pass; return since when everything is read."""
        self.now += milliseconds
        self.continuity.update(self.wanted)
        return self.continuity.read_since

    def join(self, login: str, socket: int = 1) -> int:
        """Read the channel from now on; return Twitch's time of it."""
        at = self.clock.estimate(self.now)
        self.coverage.joined(login, login, socket, at)
        return at


def values(lines: list[bytes]) -> list[dict[str, Any]]:
    assert {key[:1] for key in lines[0::2]} <= {b"l"}
    return [json.loads(value) for value in lines[1::2]]


def reading(*logins: str) -> tuple[Capture, int]:
    """Return a capture that reads all of them, and Twitch's time since when."""
    capture = Capture()
    capture.want(*logins)
    since = max(capture.join(login) for login in logins)
    capture.wait(SETTLING_MS)
    return capture, since


def test_read_since_is_the_last_join_on_twitchs_clock():
    capture = Capture()
    capture.want("a", "b")
    capture.join("a")
    assert capture.wait(SETTLING_MS) is None
    since = capture.join("b")
    assert abs((capture.wait(1000) or 0) - since) < 10


def test_nothing_is_known_before_the_clock_is_learned():
    capture = Capture(learned=False)
    capture.want("a")
    capture.join("a")
    assert capture.wait(SETTLING_MS) is None


def test_nothing_is_known_before_the_channel_list_settles():
    capture = Capture()
    capture.want("a")
    capture.join("a")
    assert capture.wait(SETTLING_MS - 1) is None
    assert Capture().wait(SETTLING_MS) is None


def test_a_break_restarts_it():
    capture, since = reading("a", "b")
    capture.coverage.lost("a", 1, since + 100, "deaf")
    assert capture.wait(1000) is None
    again = capture.join("a", socket=2)
    assert capture.wait(1000) == again


def test_a_channel_that_cannot_be_joined_counts_for_a_minute():
    capture, since = reading("a")
    capture.want("a", "gone")
    assert capture.wait(JOIN_PATIENCE_MS - 1) is None
    assert capture.wait(1) == since


def test_a_channel_just_chosen_for_all_instances_is_no_break():
    capture, since = reading("a")
    capture.wait(SETTLED_MS)
    capture.wanted = {"a", "new"}
    assert capture.wait(1000) == since
    capture.join("new")
    assert capture.wait(1000) == since
    capture.coverage.lost("new", 1, capture.clock.estimate(capture.now), "deaf")
    assert capture.wait(1000) is None


def test_channels_tracked_only_after_the_last_tick_get_a_gap():
    capture, since = reading("early")
    capture.now += 60_000
    begun = capture.join("later")
    gaps = values(capture.continuity.gap_lines(since + 100, None))
    assert [(g["channel_id"], g["sent_at"], g["gap_from_at"], g["gap_until_at"]) for g in gaps] == [
        ("later", since + 101, since + 101, begun)
    ]


def test_every_channel_gets_a_gap_if_the_spools_start_is_gone():
    capture, since = reading("a", "b")
    gaps = values(capture.continuity.gap_lines(since, since + 5000))
    assert {(each["channel_id"], each["gap_until_at"]) for each in gaps} == {("a", since + 5000), ("b", since + 5000)}


def test_what_a_channel_lacks_is_a_gap_of_that_channel():
    capture, _ = reading("a", "b")
    gaps = values(capture.continuity.undelivered_lines(lambda channel_id: [(10, 20), (30, 40)][: channel_id == "b"]))
    assert [(g["channel_id"], g["sent_at"], g["gap_from_at"], g["gap_until_at"]) for g in gaps] == [("b", 11, 11, 20)]
    assert gaps[0]["reason"] == "not delivered"


def test_a_channel_joined_after_the_report_gets_its_own_gap():
    capture, since = reading("a")
    capture.want("a", "slow")
    assert values(capture.continuity.gap_lines(since, None)) == []
    capture.now += 4000
    at = capture.join("slow")
    gap = next(each for each in capture.written if each.event == "gap")
    assert (gap.channel_id, gap.sent_at, gap.gap_from_at, gap.gap_until_at) == ("slow", at, since + 1, at)


def test_a_restart_has_its_own_gap_and_gets_no_second_one():
    capture = Capture()
    capture.coverage.restarted({"a": "a"}, gap_from=50)
    capture.want("a")
    capture.join("a")
    capture.wait(SETTLING_MS)
    assert values(capture.continuity.gap_lines(20, None)) == []


def test_joined_is_reported_for_channels_read_all_the_time():
    capture, since = reading("a", "b")
    capture.coverage.lost("b", 1, since + 10, "deaf")
    joined = values(capture.continuity.joined_lines(since + 500))
    assert [(each["channel_id"], each["event"], each["sent_at"]) for each in joined] == [("a", "joined", since + 500)]
