"""clip_creator where Twitch refuses, limits, fails or answers nonsense."""

import pytest
from integration.support.clip_creator_process import DEADLINE, ClipCreator, Simulator, Start, Topics, channels, moment

from embedded.processes.waiting import wait_for


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
