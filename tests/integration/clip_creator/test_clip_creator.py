"""clip_creator as a process on a real Kafka against the simulated Twitch: every outcome."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from integration.support.clip_creator_process import DEADLINE, ClipCreator, Simulator, Topics, moment
from msgspec.structs import replace

from embedded.processes.waiting import wait_for

Start = Callable[..., ClipCreator]


@pytest.fixture
def service(isolated: Start) -> ClipCreator:
    """A process with default settings."""
    return isolated()


@pytest.fixture
def channel(twitch: Simulator) -> str:
    """A channel that no other test here uses, so that no cool-down applies."""
    return next(channels(twitch))


numbers = iter(range(1000))


def channels(twitch: Simulator) -> Iterator[str]:
    for number in numbers:
        yield twitch.channels[number % len(twitch.channels)]


@pytest.fixture
def isolated(empty_topics: str, twitch: Simulator, tmp_path: Path) -> Iterator[Start]:
    """`isolated(**settings)`: a process with settings of its own."""
    started: list[ClipCreator] = []

    def start(**settings: str) -> ClipCreator:
        started.append(ClipCreator(empty_topics, twitch.url, tmp_path, **settings))
        return started[-1]

    yield start
    for each in started:
        assert each.stop() == 0, each.log.read_text()[-3000:]


def test_a_clip_is_made_with_the_cause_inside(service: ClipCreator, topics: Topics, twitch: Simulator, channel: str):
    burst = moment(channel)
    burst = replace(burst, clip_from_at=burst.crossed_at - 31_000)
    topics.send(burst)
    made = topics.outcome(burst.moment_id)
    (truth,) = twitch.clips(channel)
    assert (made.status, made.clip_id, made.title) == ("made", truth["clip_id"], "LUL ×140: 11 times the usual chat")
    assert all((made.url, made.embed_url, made.thumbnail_url))
    ends_at = truth["created_at"] + 5_000
    assert ends_at - truth["duration"] * 1000 <= burst.clip_from_at + 1_000  # the request took a moment
    assert ends_at >= burst.clip_until_at
    assert [clip.revision_number for clip in topics.records(burst.moment_id)] == [1, 2, 3]


def test_raised_waits_and_a_moment_is_requested_only_once(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str
):
    raised, other = moment(channel, revision="raised"), moment(next(channels(twitch)))
    topics.send(raised, other)
    topics.outcome(other.moment_id)
    assert topics.records(raised.moment_id) == []
    topics.send(other, other)
    closed = moment(channel, revision="closed")
    topics.send(closed)  # its `peaked` never arrived
    assert topics.outcome(closed.moment_id).status == "made"
    assert len(topics.outcomes(other.moment_id)) == 1
    assert len(twitch.clips(other.channel_id)) == 1


def test_what_the_detector_rules_out_is_not_requested(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str
):
    made_before = len(twitch.clips(channel))
    shadow = moment(channel, shadow=True, no_clip_reason="shadow")
    raid = moment(channel, causes=["raid"], no_clip_reason="cause")
    topics.send(shadow, raid, replace(raid, revision="closed", revision_number=3))
    outcome = topics.outcome(raid.moment_id)
    assert (outcome.status, outcome.reason) == ("skipped", "a raid drove chat")
    other = moment(channel)
    topics.send(other)
    assert topics.outcome(other.moment_id).status == "made"  # neither began a cool-down
    assert topics.records(shadow.moment_id) == []
    assert len(twitch.clips(channel)) == made_before + 1


@pytest.mark.parametrize(("status", "words"), [(403, "Clips are restricted"), (404, "offline"), (400, "not clippable")])
def test_a_refusal_is_recorded_with_twitchs_message(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str, status: int, words: str
):
    made_before = len(twitch.clips(channel))
    twitch.order("refuse_clips", login=twitch.logins[channel], status=status, message=words)
    burst = moment(channel)
    topics.send(burst)
    outcome = topics.outcome(burst.moment_id)
    assert (outcome.status, outcome.reason) == ("refused", f"{status}: {words}")
    assert len(twitch.clips(channel)) == made_before


def test_a_channel_that_refuses_clips_is_asked_once(isolated: Start, topics: Topics, twitch: Simulator):
    """It is remembered across a restart, costs nothing of the budget, and its moments link to the recording."""
    creator = isolated(CLIPS_COOL_DOWN_SECONDS="0", CLIPS_HOURLY_BUDGET="1")
    channel, other = next(channels(twitch)), next(channels(twitch))
    twitch.order("refuse_clips", login=twitch.logins[channel], status=403)
    first, second, third = moment(channel), moment(channel), moment(other)
    topics.send(first)
    assert topics.outcome(first.moment_id).reason.startswith("403: ")
    wait_for("the recording's link", lambda: topics.records(first.moment_id)[-1].vod_url, DEADLINE)
    creator.stop()
    creator.start()
    topics.send(second)
    outcome = topics.outcome(second.moment_id)
    assert (outcome.status, "not asked" in outcome.reason) == ("refused", True)
    topics.send(third)
    assert topics.outcome(third.moment_id).status == "made"


def test_a_refused_title_is_left_out(isolated: Start, topics: Topics, twitch: Simulator, channel: str):
    isolated(CLIPS_COOL_DOWN_SECONDS="0")
    made_before = len(twitch.clips(channel))
    twitch.order("refuse_clips", login=twitch.logins[channel], status=400, message="The title is not allowed")
    burst = moment(channel)
    topics.send(burst)
    assert topics.outcome(burst.moment_id).status == "made"
    assert len(twitch.clips(channel)) == made_before + 1
    assert "LUL" not in twitch.clips(channel)[-1]["title"]


def test_a_clip_that_never_appears_is_unknown_with_its_id(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str
):
    twitch.order("never_appear", count=1)
    burst = moment(channel)
    topics.send(burst)
    outcome = topics.outcome(burst.moment_id)
    assert (outcome.status, outcome.clip_id) == ("unknown", twitch.clips(channel)[-1]["clip_id"])


def test_waiting_for_one_clip_delays_no_other(isolated: Start, topics: Topics, twitch: Simulator):
    isolated(CLIPS_CONFIRM_SECONDS="20")
    lost, quick = moment(next(channels(twitch))), moment(next(channels(twitch)))
    twitch.order("never_appear", count=1)
    topics.send(lost)
    wait_for("the first request", lambda: len(topics.records(lost.moment_id)) == 2, DEADLINE)
    topics.send(quick)
    assert topics.outcome(quick.moment_id).status == "made"
    assert topics.outcomes(lost.moment_id) == []
    assert topics.outcome(lost.moment_id).status == "unknown"


def test_a_429_is_retried_after_the_reset(isolated: Start, topics: Topics, twitch: Simulator, channel: str):
    isolated(CLIPS_COOL_DOWN_SECONDS="0")
    made_before = len(twitch.clips(channel))
    twitch.order("helix_fault", endpoint="POST clips", status=429, count=2)
    burst = moment(channel)
    topics.send(burst)
    assert topics.outcome(burst.moment_id).status == "made"
    assert len(twitch.clips(channel)) == made_before + 1


def test_a_429_until_the_last_call_is_too_late(isolated: Start, topics: Topics, twitch: Simulator, channel: str):
    isolated(CLIPS_COOL_DOWN_SECONDS="0")
    twitch.order("helix_fault", endpoint="POST clips", status=429, count=1000)
    burst = moment(channel, crossed_ago=42)  # the last call is 48 s after the crossing
    topics.send(burst)
    assert topics.outcome(burst.moment_id).status == "too_late"
    twitch.order("helix_fault", endpoint="POST clips", count=0)


@pytest.mark.parametrize("acts", [False, True])
def test_a_request_is_never_repeated_after_a_server_error(
    isolated: Start, topics: Topics, twitch: Simulator, channel: str, acts: bool
):
    """Twitch has made clips despite a 503, so only Get Clips shows whether there is one."""
    isolated(CLIPS_COOL_DOWN_SECONDS="0")
    made_before = len(twitch.clips(channel))
    twitch.order("helix_fault", endpoint="POST clips", status=503, acts=acts)
    burst = moment(channel)
    topics.send(burst)
    outcome = topics.outcome(burst.moment_id)
    assert len(twitch.clips(channel)) == made_before + acts
    assert outcome.status == ("made" if acts else "unknown")
    assert outcome.clip_id == (twitch.clips(channel)[-1]["clip_id"] if acts else None)


def test_a_clip_whose_answer_was_lost_is_adopted(isolated: Start, topics: Topics, twitch: Simulator, channel: str):
    isolated(CLIPS_COOL_DOWN_SECONDS="0", TWITCH_DEADLINE_SECONDS="1", CLIPS_ADOPTION_SECONDS="30")
    made_before = len(twitch.clips(channel))
    twitch.order("helix_fault", endpoint="POST clips", status=500, acts=True, delay_seconds=4)
    burst = moment(channel)
    topics.send(burst)
    outcome = topics.outcome(burst.moment_id)
    assert (outcome.status, outcome.clip_id) == ("made", twitch.clips(channel)[-1]["clip_id"])
    assert len(twitch.clips(channel)) == made_before + 1


@pytest.mark.parametrize("body", ["<html>", {"data": []}, {"data": [{"no": "id"}]}, [1]])
def test_a_malformed_answer_does_not_stop_the_service(isolated: Start, topics: Topics, twitch: Simulator, body: object):
    isolated(CLIPS_COOL_DOWN_SECONDS="0", CLIPS_ADOPTION_SECONDS="2")
    odd, next_one = moment(next(channels(twitch))), moment(next(channels(twitch)))
    twitch.order("helix_fault", endpoint="POST clips", status=202, body=body)
    topics.send(odd)
    assert topics.outcome(odd.moment_id).status == "unknown"
    topics.send(next_one)
    assert topics.outcome(next_one.moment_id).status == "made"


def test_confirmation_survives_errors_and_malformed_answers(
    isolated: Start, topics: Topics, twitch: Simulator, channel: str
):
    isolated(CLIPS_COOL_DOWN_SECONDS="0", CLIPS_ADOPTION_SECONDS="60", TWITCH_DEADLINE_SECONDS="1")
    twitch.order("helix_fault", endpoint="GET clips", status=500, count=3)
    twitch.order("helix_fault", endpoint="GET clips", status=200, body={"data": [{"id": 1}]}, count=2)
    burst = moment(channel)
    topics.send(burst)
    assert topics.outcome(burst.moment_id).status == "made"
    twitch.order("helix_fault", endpoint="GET clips", count=0)


def test_an_old_moment_gets_a_link_to_the_recording(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str
):
    burst = moment(channel, crossed_ago=200)
    topics.send(burst)
    linked = wait_for(
        "the recording's link", lambda: [clip for clip in topics.records(burst.moment_id) if clip.vod_url], DEADLINE
    )
    assert linked[0].status == "too_late"
    assert "?t=" in (linked[0].vod_url or "")


def test_a_second_moment_within_the_cool_down_is_skipped(
    isolated: Start, topics: Topics, twitch: Simulator, channel: str
):
    creator = isolated()
    first, second = moment(channel, crossed_ago=12), moment(channel, crossed_ago=8)
    made_before = len(twitch.clips(channel))
    topics.send(first)
    topics.outcome(first.moment_id)
    creator.stop()
    creator.start()  # the cool-down is read back from the topic
    topics.send(second)
    skipped = topics.outcome(second.moment_id)
    assert skipped.status == "skipped"
    assert "cool-down" in skipped.reason
    assert len(twitch.clips(channel)) == made_before + 1


def test_the_hourly_budget_survives_a_restart(isolated: Start, topics: Topics, twitch: Simulator):
    creator = isolated(CLIPS_HOURLY_BUDGET="1", CLIPS_COOL_DOWN_SECONDS="0")
    first, second = moment(next(channels(twitch))), moment(next(channels(twitch)))
    topics.send(first)
    assert topics.outcome(first.moment_id).status == "made"
    creator.stop()
    creator.start()
    topics.send(second)
    outcome = topics.outcome(second.moment_id)
    assert outcome.status == "skipped"
    assert "budget" in outcome.reason


def test_without_credentials_moments_are_skipped(isolated: Start, topics: Topics, channel: str):
    isolated(TWITCH_CLIENT_ID="", TWITCH_CLIENT_SECRET_FILE="")
    burst = moment(channel)
    topics.send(burst)
    outcome = topics.outcome(burst.moment_id)
    assert (outcome.status, outcome.reason) == ("skipped", "no credentials")


def test_a_revoked_sign_in_asks_for_a_new_one(isolated: Start, topics: Topics, twitch: Simulator, channel: str):
    creator = isolated(CLIPS_COOL_DOWN_SECONDS="0")
    first, second = moment(next(channels(twitch))), moment(next(channels(twitch)))
    topics.send(first)
    assert topics.outcome(first.moment_id).status == "made"
    twitch.order("revoke", refresh=True)
    topics.send(second)
    outcome = topics.outcome(second.moment_id)
    twitch.order("restore")
    assert outcome.status == "skipped"
    assert "python seed_twitch_tokens.py" in outcome.reason
    assert creator.metric("twitch_token_invalid") == 1


def test_a_record_that_is_no_moment_is_counted_and_skipped(service: ClipCreator, topics: Topics, channel: str):
    counted = service.metric("stream_scout_dead_letters_total")
    topics.send_raw(b"no json")
    topics.send_raw(b'{"schema_version": 9}')
    burst = moment(channel, crossed_ago=300)
    topics.send(burst)
    topics.outcome(burst.moment_id)
    wait_for("both are counted", lambda: service.metric("stream_scout_dead_letters_total") == counted + 2, DEADLINE)


def test_outcomes_and_requests_are_counted(service: ClipCreator, topics: Topics, channel: str):
    burst = moment(channel)
    topics.send(burst)
    topics.outcome(burst.moment_id)
    assert service.metric("clip_creator_outcomes_total") == 1
    assert service.metric("clip_creator_confirm_seconds_count") == 1
    assert service.metric("twitch_requests_total") >= 2
