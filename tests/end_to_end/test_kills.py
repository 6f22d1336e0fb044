"""kill -9 of each process in turn during a burst: the same moment, at most one clip, an outcome, and gaps shown."""

import time
from collections import Counter

import pytest
from end_to_end.world import World, closed_with_outcome

from embedded.processes.waiting import wait_for

KILLED = (
    "recorder", "clip_creator", "api_frontend", "redis", "postgres", "stream_monitoring", "clip_detector", "kafka",
)  # fmt: skip
ARRIVED_MESSAGES = 60  # in the last seconds; far more than in a calm channel, so the kill happens during the burst
ARRIVED_SECONDS = 3
MOST_MESSAGES = 240  # six seconds of a burst
RECOVERY_SECONDS = 240  # includes the restart of Kafka, Flink and everything that waits for them


@pytest.fixture(scope="package")
def killed_in(world: World) -> dict[str, str]:
    """Map each process to the channel in whose burst it was killed, one after the other.

    Earlier moments are still open then, so every kill also affects their later revisions.
    """
    return {name: kill_in_a_burst(world, name) for name in KILLED}


def kill_in_a_burst(world: World, name: str) -> str:
    """Start a burst in a fresh channel and kill the process during it; return the channel's login."""
    login = world.fresh_channel()
    world.burst(login, seconds=16)
    wait_until_the_burst_arrives(world, login)
    dead = world.system.kill(name)
    world.system.wait_restarted(name, dead)
    return login


@pytest.mark.timeout(420)
@pytest.mark.parametrize("name", KILLED)
def test_a_kill_during_a_burst_changes_nothing(world: World, killed_in: dict[str, str], name: str) -> None:
    login = killed_in[name]
    moment = world.wait_for_moment(login, closed_with_outcome, RECOVERY_SECONDS)
    assert len(world.moments(login)) == 1
    clips = [each for each in world.truth("clips") if each["broadcaster_id"] == moment["channel"]["id"]]
    assert len(clips) <= 1
    assert moment["clip"]["status"] in ("made", "unknown", "too_late")
    if moment["clip"]["status"] == "made":
        assert [each["clip_id"] for each in clips] == [moment["clip"]["id"]]
    if name == "stream_monitoring":
        gaps = world.query("SELECT 1 FROM coverage WHERE channel_id = %s AND event = 'gap'", moment["channel"]["id"])
        assert gaps, "the time without stream_monitoring is not recorded as a gap"


def wait_until_the_burst_arrives(world: World, login: str) -> None:
    """Wait until the simulator has sent the burst's first messages, so that the kill happens during it."""
    wait_for(f"the burst of {login} is going on", lambda: recently_sent(world, login) >= ARRIVED_MESSAGES, 30, 0.2)


def wait_until_most_was_sent(world: World, login: str, began: float) -> None:
    """Wait until enough of the burst was sent for a moment, even if the rest is not read."""
    channel_id = world.channel_ids[login]

    def sent() -> int:
        messages = (each for each in world.truth("messages") if each["channel_id"] == channel_id)
        return sum(each["sent_at"] >= began * 1000 for each in messages)

    wait_for(f"most of the burst of {login} was sent", lambda: sent() >= MOST_MESSAGES, 30, 0.2)


def recently_sent(world: World, login: str) -> int:
    """Return the number of the channel's messages that reached a socket in the last seconds."""
    recent = (time.time() - ARRIVED_SECONDS) * 1000
    channel_id = world.channel_ids[login]
    return sum(each["channel_id"] == channel_id and each["sent_at"] > recent for each in world.truth("messages"))


def test_no_moment_is_doubled_in_any_topic_or_table(world: World) -> None:
    revisions = Counter((each.moment_id, each.revision_number, each.score) for each in world.records("moments"))
    by_id = Counter((moment_id, number) for moment_id, number, _ in revisions)
    assert max(by_id.values()) == 1, "one revision has two different contents"
    made = Counter(each["broadcaster_id"] for each in world.truth("clips"))
    intents = Counter(each.channel_id for each in world.records("clips") if each.status == "intent")
    assert all(made[channel] <= intents[channel] for channel in made)
