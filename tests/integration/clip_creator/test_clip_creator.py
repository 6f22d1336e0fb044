"""clip_creator as a process on a real Kafka against the simulated Twitch: every outcome."""

from integration.support.clip_creator_process import DEADLINE, ClipCreator, Simulator, Start, Topics, channels, moment
from msgspec.structs import replace

from clip_creator.decision.title import title
from contracts.clips import Clip
from embedded.processes.waiting import wait_for


def test_a_clip_is_made_with_the_cause_inside(service: ClipCreator, topics: Topics, twitch: Simulator, channel: str):
    burst = moment(channel)
    burst = replace(burst, clip_from_at=burst.crossed_at - 31_000)
    topics.send(burst)
    made = topics.outcome(burst.moment_id)
    (truth,) = twitch.clips(channel)
    assert (made.status, made.clip_id, made.title) == ("made", truth["clip_id"], title(burst))
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
    linked = wait_for("the recording's link", lambda: linked_record(topics, raid.moment_id), DEADLINE)
    assert (linked.status, linked.reason) == ("skipped", "a raid drove chat")


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


def linked_record(topics: Topics, moment_id: str) -> Clip | None:
    """Return the moment's record that links to the recording, once there is one."""
    return next((clip for clip in topics.records(moment_id) if "?t=" in (clip.vod_url or "")), None)


def test_an_old_moment_gets_a_link_to_the_recording(
    service: ClipCreator, topics: Topics, twitch: Simulator, channel: str
):
    burst = moment(channel, crossed_ago=200)
    topics.send(burst)
    linked = wait_for("the recording's link", lambda: linked_record(topics, burst.moment_id), DEADLINE)
    assert linked.status == "too_late"


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
