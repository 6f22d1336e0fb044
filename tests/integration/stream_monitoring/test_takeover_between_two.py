"""Two instances, one log: whichever is killed or deaf, the messages are recounted against what the simulator sent."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from integration.support.instance_pair import BEYOND, CLOCK_OFF, STALLED, Pair
from integration.support.relay import Relay
from integration.support.stream_monitoring_process import DEADLINE, MonitoringProcess
from integration.support.stream_monitoring_recount import Recount, recount

from embedded.processes.ports import free_ports
from embedded.processes.waiting import wait_for
from embedded.servers.kafka import Kafka
from stream_monitoring.spool import segment
from stream_monitoring.spool.frame import DamagedFrameError
from twitch_simulator.process import SimulatorProcess

CHANNELS = 8
BLIND_SECONDS = 22  # longer than a closed socket pauses ticks


MakePair = Callable[..., Pair]


@pytest.fixture
def pair(tmp_path: Path, empty_topics: str) -> Iterator[MakePair]:
    with ExitStack() as stack:
        yield lambda seed: pair_on(stack, tmp_path, empty_topics, seed)


@pytest.fixture
def pair_on_own_kafka(tmp_path: Path, own_kafka: Kafka) -> Iterator[Pair]:
    with ExitStack() as stack:
        yield pair_on(stack, tmp_path, own_kafka.bootstrap_servers, 406)


def pair_on(stack: ExitStack, folder: Path, bootstrap_servers: str, seed: int) -> Pair:
    """Return a pair whose processes end with the stack."""
    flags = ["--channels", str(CHANNELS), "--messages-per-second", "120", "--bursts-per-minute", "0"]
    twitch = stack.enter_context(SimulatorProcess(folder / "truth", *flags, "--seed", str(seed)))
    made = Pair(folder, twitch, bootstrap_servers)
    stack.callback(made.print_logs)  # pytest shows it if the test failed
    stack.callback(made.holder.end, signal.SIGKILL)
    stack.callback(made.standby.end, signal.SIGKILL)
    return made


def is_exact(found: Recount) -> bool:
    """Assert that nothing is doubled or late, ticks never go back, and no gap was recorded."""
    assert found.doubled == [], found.writers
    assert found.late == [], found.writers
    assert found.backward == 0
    assert found.gaps == []
    return True


def frames_a_second(instance: MonitoringProcess, seconds: int = 3) -> float:
    """Return how many frames an instance synced for each of the last seconds of event time."""
    found: list[int] = []
    for path in segment.paths_in(instance.spool):
        with suppress(DamagedFrameError):  # the last one is being written
            found += [frame.tick_at // 1000 for _, frame in segment.frames(path)]
    return sum(found[-1] - seconds <= each < found[-1] for each in found) / seconds


def test_the_standby_takes_over_and_the_holder_takes_back(pair: MakePair) -> None:
    both = pair(seed=401)
    both.start_both()
    both.more_chat()
    assert frames_a_second(both.standby) < 2, "the holder has the same"
    both.holder.end(signal.SIGKILL)
    wait_for("the takeover", lambda: both.forwards(both.standby), DEADLINE)
    both.more_chat()
    assert frames_a_second(both.standby, seconds=2) > 2, "nobody else has it"
    assert is_exact(both.settled())
    both.holder.start()
    wait_for("the take-back", lambda: both.forwards(both.holder), DEADLINE)
    wait_for("the standby stands by", lambda: not both.forwards(both.standby), DEADLINE)
    both.more_chat()
    found = both.settled()
    assert is_exact(found)
    assert found.writers == ["holder", "standby", "holder"]


def test_a_stopped_holder_writes_left_the_standby_joined(pair: MakePair) -> None:
    both = pair(seed=402)
    both.start_both()
    both.more_chat(100)
    assert both.holder.end() == 0
    assert set(recount(both.bootstrap_servers).last_coverage.values()) == {"left"}
    wait_for("the takeover", lambda: both.forwards(both.standby), DEADLINE)
    both.more_chat(100)
    found = both.settled()
    assert is_exact(found)
    assert set(found.last_coverage.values()) == {"joined"}


@pytest.mark.parametrize(
    ("stalled_seconds", "is_noticed"),
    [(STALLED, False), (10, True)],
    ids=["before it notices", "as in production: about when it notices"],
)
def test_a_deaf_holder_loses_the_lease_and_takes_back(pair: MakePair, stalled_seconds: int, is_noticed: bool) -> None:
    both = pair(seed=403)
    for instance in (both.holder, both.standby):
        instance.environment |= {
            "MONITORING_STALLED_SECONDS": str(stalled_seconds),
            "MONITORING_GO_ON_SECONDS": "60",
        }
    both.holder.start()
    wait_for("the holder", lambda: both.forwards(both.holder), DEADLINE)
    deaf = both.sockets()
    both.standby.start()
    wait_for("the standby", lambda: both.reads_all(both.standby), DEADLINE)
    both.more_chat(BEYOND)
    for socket in deaf:
        both.twitch.order("silence", socket=socket, seconds=1000)
    wait_for("the takeover", lambda: both.forwards(both.standby), DEADLINE)
    assert ("socket is deaf" in both.holder.log_text()) == is_noticed
    wait_for("the holder is fenced", lambda: not both.forwards(both.holder), DEADLINE)
    wait_for("the take-back", lambda: both.forwards(both.holder), DEADLINE)
    both.more_chat(200)
    found = both.settled()
    assert is_exact(found)
    assert found.writers == ["holder", "standby", "holder"]
    assert set(found.last_coverage.values()) == {"joined"}


def test_a_takeover_despite_disorder_and_a_wrong_clock(pair: MakePair) -> None:
    """Nor do duplicates on the wire matter."""
    both = pair(seed=404)
    both.standby.command = [sys.executable, str(CLOCK_OFF), "-30"]
    both.twitch.order("duplicate", share=0.3)
    both.twitch.order("disorder", share=0.2, seconds=0.8)
    both.start_both()
    both.more_chat()
    both.holder.end(signal.SIGKILL)
    wait_for("the takeover", lambda: both.forwards(both.standby), DEADLINE)
    both.more_chat(200)
    both.holder.command = [sys.executable, str(CLOCK_OFF), "30"]
    both.holder.start()
    wait_for("the take-back", lambda: both.forwards(both.holder), DEADLINE)
    both.more_chat(200)
    found = both.settled()
    assert is_exact(found)
    assert found.writers == ["holder", "standby", "holder"]


def test_a_standby_that_started_later_waits_and_records_the_gap(pair: MakePair) -> None:
    both = pair(seed=405)
    both.holder.start()
    wait_for("the holder", lambda: both.forwards(both.holder), DEADLINE)
    both.more_chat(200)
    both.holder.end(signal.SIGKILL)
    before = len(both.sent())
    both.standby.start()
    wait_for("it reads", lambda: both.reads_all(both.standby), DEADLINE)
    assert not both.forwards(both.standby)
    wait_for("it goes on", lambda: both.forwards(both.standby), DEADLINE)
    assert '"turn": "go on"' in both.standby.log_text()
    both.more_chat(200)
    found = both.settled()
    assert found.doubled == []
    assert found.late == []
    assert found.backward == 0
    assert {gap["reason"] for gap in found.gaps} == {"not delivered"}
    assert len({gap["channel_id"] for gap in found.gaps}) == CHANNELS
    assert all(gap["gap_until_at"] <= both.sent()[before + 200]["sent_at"] + 5_000 for gap in found.gaps)


def test_a_blind_holder_loses_the_lease_to_a_later_standby(pair: MakePair) -> None:
    both = pair(seed=407)
    twitch = Relay(free_ports(1)[0], both.twitch.ports["irc"])
    both.holder.environment["MONITORING_CHAT_URL"] = f"irc://127.0.0.1:{twitch.port}"
    both.holder.start()
    wait_for("the holder", lambda: both.forwards(both.holder), DEADLINE)
    wait_for("it reads all", lambda: both.reads_all(both.holder), DEADLINE)
    both.more_chat(200)
    twitch.cut()
    blind = time.monotonic()
    wait_for("it has been blind for a while", lambda: time.monotonic() - blind > BLIND_SECONDS, BLIND_SECONDS + 5)
    assert both.holder.measured("stream_monitoring_holder") == 1
    both.standby.start()
    wait_for("it reads", lambda: both.reads_all(both.standby), DEADLINE)
    wait_for("the standby goes on", lambda: both.forwards(both.standby), DEADLINE)
    wait_for("the holder is fenced", lambda: not both.forwards(both.holder), DEADLINE)
    begun = len(both.sent())
    both.more_chat(200)
    twitch.mend()
    wait_for("the take-back", lambda: both.forwards(both.holder), DEADLINE)
    both.more_chat(200)
    found = both.settled()
    assert found.doubled == []
    assert found.late == []
    assert found.backward == 0
    assert found.writers == ["holder", "standby", "holder"]
    assert found.gaps
    assert all(gap["gap_until_at"] <= both.sent()[begun]["sent_at"] for gap in found.gaps), "the standby read by then"


def test_after_kafka_was_away_for_both_the_holder_continues(pair_on_own_kafka: Pair, own_kafka: Kafka) -> None:
    both = pair_on_own_kafka
    for instance in (both.holder, both.standby):  # as in production: longer than the holder waits to ask again
        instance.environment["MONITORING_STALLED_SECONDS"] = "10"
    both.start_both()
    both.more_chat(200)
    own_kafka.stop()
    wait_for("both notice", lambda: "kafka" in both.holder.problems() and "kafka" in both.standby.problems(), DEADLINE)
    both.more_chat(500)
    own_kafka.start()
    wait_for("the holder", lambda: both.forwards(both.holder), DEADLINE)
    wait_for("the standby", both.standby.ready, DEADLINE)
    both.more_chat(400)
    found = both.settled()
    assert is_exact(found)
    assert found.writers == ["holder"]


@pytest.mark.timeout(300)
def test_the_standby_delivers_what_it_read_while_kafka_was_away(pair_on_own_kafka: Pair, own_kafka: Kafka) -> None:
    """The whole machine with Kafka was away, the holder with it."""
    both = pair_on_own_kafka
    for instance in (both.holder, both.standby):
        instance.environment["MONITORING_GO_ON_SECONDS"] = "60"  # the standby has to find Kafka again before
    both.start_both()
    both.holder.end(signal.SIGKILL)
    own_kafka.stop()
    both.more_chat(2_000)
    own_kafka.start()
    both.holder.start()
    wait_for("the takeover", lambda: "take over" in both.standby.log_text(), DEADLINE)
    wait_for("the take-back", lambda: both.forwards(both.holder), DEADLINE)
    both.more_chat(200)
    found = both.settled()
    assert is_exact(found)
    assert found.writers == ["holder", "standby", "holder"]
