"""kill -9 at the points that could lose a clip or make two: at most one clip, always exactly one outcome."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from integration.support.clip_creator_process import DEADLINE, ClipCreator, Gate, Simulator, Topics, moment

from contracts.clips import Clip
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka


@pytest.fixture
def gate(twitch: Simulator) -> Iterator[Gate]:
    gate = Gate(twitch.url)
    yield gate
    gate.close()


@pytest.fixture
def creators() -> Iterator[list[ClipCreator]]:
    """Processes that are stopped after the test."""
    started: list[ClipCreator] = []
    yield started
    for each in started:
        each.stop()


def only_outcome(topics: Topics, moment_id: str) -> str:
    """Wait for the outcome and return its status; fail on a second outcome."""
    topics.outcome(moment_id)
    (outcome,) = topics.outcomes(moment_id)
    return outcome.status


@pytest.mark.parametrize(("hold", "clips", "status"), [("before", 0, "unknown"), ("after", 1, "made")])
def test_kill_during_the_request(
    kafka: str, twitch: Simulator, topics: Topics, gate: Gate, creators: list[ClipCreator], tmp_path: Path,
    hold: str, clips: int, status: str,
):  # fmt: skip
    """`before`: Twitch never got the request. `after`: Twitch made the clip and the answer died with us."""
    channel = twitch.channels[0 if hold == "before" else 1]
    gate.hold = hold
    creator = ClipCreator(kafka, gate.open(), tmp_path, TWITCH_DEADLINE_SECONDS="20")
    creators.append(creator)
    burst = moment(channel)
    topics.send(burst)
    assert gate.reached.wait(DEADLINE)
    # The commit is acknowledged before readers see it: Kafka marks the partitions a little later.
    (intent,) = wait_for("the intent", lambda: topics.records(burst.moment_id), DEADLINE)
    assert intent.status == "intent"
    creator.kill()
    gate.hold = ""
    creator.start()
    topics.send(burst)  # at-least-once: the moment comes again
    assert only_outcome(topics, burst.moment_id) == status
    assert len(twitch.clips(channel)) == clips
    assert gate.created == 1


def test_kill_between_the_answer_and_the_clip(
    kafka: str, twitch: Simulator, topics: Topics, gate: Gate, creators: list[ClipCreator], tmp_path: Path
):
    channel = twitch.channels[2]
    twitch.order("clip_delay", seconds=4)
    creator = ClipCreator(kafka, gate.open(), tmp_path, CLIPS_CONFIRM_SECONDS="60")
    creators.append(creator)
    burst = moment(channel)
    topics.send(burst)
    wait_for("Twitch has accepted", lambda: len(topics.records(burst.moment_id)) == 2, DEADLINE)
    creator.kill()
    creator.start()
    assert only_outcome(topics, burst.moment_id) == "made"
    twitch.order("clip_delay", seconds=1)
    assert (len(twitch.clips(channel)), gate.created) == (1, 1)


def test_a_restart_requests_nothing_again(
    kafka: str, twitch: Simulator, topics: Topics, gate: Gate, creators: list[ClipCreator], tmp_path: Path
):
    channel, other = twitch.channels[3], twitch.channels[4]
    creator = ClipCreator(kafka, gate.open(), tmp_path)
    creators.append(creator)
    burst = moment(channel)
    topics.send(burst)
    topics.outcome(burst.moment_id)
    assert creator.stop() == 0
    creator.start()
    topics.send(burst, moment(channel, revision="closed", moment_id=burst.moment_id))
    later = moment(other)
    topics.send(later)
    assert only_outcome(topics, later.moment_id) == "made"
    assert only_outcome(topics, burst.moment_id) == "made"
    assert gate.created == 2


def test_two_processes_share_moments_and_take_over(
    kafka: str, twitch: Simulator, topics: Topics, gate: Gate, creators: list[ClipCreator], tmp_path: Path
):
    """Ten moments, one of the two killed in the middle of them: each moment once."""
    url = gate.open()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        creators.append(ClipCreator(kafka, url, tmp_path / name, CLIPS_INSTANCE=name, CLIPS_COOL_DOWN_SECONDS="0"))
    bursts = [moment(channel, crossed_ago=2) for channel in twitch.channels]
    before = len(twitch.clips())
    topics.send(*bursts[:5])
    wait_for("one request", lambda: gate.created, DEADLINE)
    creators[0].kill()
    topics.send(*bursts[5:], *bursts[:5])
    statuses = [only_outcome(topics, burst.moment_id) for burst in bursts]
    titles = [(row["broadcaster_id"], row["created_at"]) for row in twitch.clips()[before:]]
    assert len({channel for channel, _ in titles}) == len(titles), "a channel's moment was clipped twice"
    assert set(statuses) <= {"made", "unknown", "too_late"}
    assert statuses.count("made") >= len(titles)
    assert sum(len(topics.outcomes(burst.moment_id)) for burst in bursts) == len(bursts)


def test_sigterm_lets_a_request_finish(
    kafka: str, twitch: Simulator, topics: Topics, gate: Gate, creators: list[ClipCreator], tmp_path: Path
):
    channel = twitch.channels[5]
    creator = ClipCreator(kafka, gate.open(), tmp_path, CLIPS_COOL_DOWN_SECONDS="0")
    creators.append(creator)
    twitch.order("clip_delay", seconds=3)
    burst = moment(channel)
    topics.send(burst)
    wait_for("the request is on its way", lambda: gate.created, DEADLINE)
    assert creator.stop() == 0
    intents = topics.records(burst.moment_id)
    assert intents[-1].clip_id == twitch.clips(channel)[-1]["clip_id"]
    creator.start()
    assert only_outcome(topics, burst.moment_id) == "made"
    twitch.order("clip_delay", seconds=1)


def test_a_wrong_setting_and_a_used_port_are_named(kafka: str, twitch: Simulator, tmp_path: Path):
    wrong = ClipCreator(kafka, twitch.url, tmp_path, CLIPS_HOURLY_BUDGET="none", TWITCH_API_URL="api.twitch.tv")
    assert wrong.process.wait(DEADLINE) == 2
    assert {"CLIPS_HOURLY_BUDGET", "TWITCH_API_URL"} <= set(wrong.log.read_text().replace(":", " ").split())
    used = ClipCreator(kafka, twitch.url, tmp_path, CLIPS_METRICS_PORT=str(twitch.port))
    assert used.process.wait(DEADLINE) == 2
    assert "Address already in use" in used.log.read_text()
    assert json.dumps(twitch.state())  # Twitch took no harm


def test_a_killed_broker_that_is_back_blocks_no_moment(
    own_kafka: Kafka, twitch: Simulator, creators: list[ClipCreator], tmp_path: Path
):
    """librdkafka on its own would wait forever for the coordinator it remembers.

    On a slow machine the process may exit because the broker is away for too long; it is then restarted, as its
    supervisor would.
    """
    topics = Topics(own_kafka.bootstrap_servers, Producer({"bootstrap.servers": own_kafka.bootstrap_servers}))
    creator = ClipCreator(own_kafka.bootstrap_servers, twitch.url, tmp_path, CLIPS_COOL_DOWN_SECONDS="0")
    creators.append(creator)
    before, after = moment(twitch.channels[6]), moment(twitch.channels[7])
    topics.send(before)
    assert topics.outcome(before.moment_id).status == "made"
    own_kafka.kill()
    own_kafka.stop()
    own_kafka.start()
    topics.send(after)

    def outcomes() -> list[Clip]:
        creator.start_again_if_ended()
        return topics.outcomes(after.moment_id)

    (outcome,) = wait_for("an outcome after the kill", outcomes, 2 * DEADLINE, 0.2)
    assert outcome.status == "made"
