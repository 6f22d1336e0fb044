"""Each line is stored once, whatever is killed, however Docker rotates. `make test` plays the first two."""

import os
import random
import signal
import time
from collections import Counter
from threading import Event, Thread

import pytest
from integration.support.docker_logs import DockerLog
from integration.support.log_store import needs_store
from integration.support.log_world import SECONDS, World

from embedded.processes.waiting import wait_for

pytestmark = needs_store
slow = pytest.mark.skipif(not os.environ.get("LOGS"), reason="ten seconds each: make test-logs")


class Writer:
    """Writes numbered lines at a steady rate until it is stopped."""

    def __init__(self, log: DockerLog, rate: int = 400) -> None:
        self._log, self._rate, self._stop, self.count = log, rate, Event(), 0
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            for _ in range(self._rate // 20):
                self._log.write(f"line {self.count}", "stdout" if self.count % 3 else "stderr")
                self.count += 1

    def stop(self) -> Counter[str]:
        """Return each line once."""
        self._stop.set()
        self._thread.join()
        return Counter(f"line {number}" for number in range(self.count))


def test_the_store_and_the_collector_are_killed(world: World) -> None:
    """The store has written nothing to disk yet: all that it took before is read and stored again."""
    world.start()
    writer = Writer(world.container("recorder", max_size=100_000))
    world.has("recorder", 300)
    world.store.stop(signal.SIGKILL)
    time.sleep(0.5)
    world.store.start()
    wait_for("lines again", lambda: world.messages("recorder").total() > 300, SECONDS)
    world.collector.stop(signal.SIGKILL)
    world.collector.start()
    written = writer.stop()
    assert world.has("recorder", written.total()) == written


def test_machine_b_is_off_and_docker_rotates(world: World) -> None:
    """A's source holds the files that Docker has deleted, so more arrives than Docker keeps."""
    world.sources["reliable"].start()
    log = world.container("api-frontend", "reliable", max_size=40_000)
    gone = world.container("deploy", "reliable")
    gone.write("a website of before")
    for number in range(1500):
        log.write(f"line {number} " + "x" * 50)
        if number % 240 == 0:  # twice for each file
            time.sleep(1.1)  # the source looks once a second
    gone.remove()
    world.store.start()
    world.sources["processing"].start()
    world.collector.start()
    found = world.has("api-frontend", 1500)
    assert found.total() == len(found) == 1500
    assert world.has("deploy", 1) == {"a website of before": 1}
    assert sum(path.stat().st_size for path in log.folder.glob("*-json.log*")) < 130_000


@slow
def test_the_store_is_killed_while_nothing_is_logged(world: World) -> None:
    world.start()
    quiet = world.container("redis", "reliable")
    quiet.write("Ready to accept connections")
    world.has("redis", 1)
    world.store.stop(signal.SIGKILL)
    world.store.start()
    assert world.has("redis", 1) == {"Ready to accept connections": 1}


@slow
def test_the_collector_is_killed_three_times(world: World) -> None:
    world.start()
    writer = Writer(world.container("recorder", max_size=30_000))
    for number in (200, 500, 900):
        world.has("recorder", number)
        world.collector.stop(signal.SIGKILL)
        world.collector.start()
    written = writer.stop()
    assert world.has("recorder", written.total()) == written
    time.sleep(0.5)
    assert world.messages("recorder") == written


@slow
def test_a_source_is_killed_and_comes_back(world: World) -> None:
    world.start()
    writer = Writer(world.container("watcher", "reliable"))
    world.has("watcher", 200)
    world.sources["reliable"].stop(signal.SIGKILL)
    wait_for("noticed", lambda: not world.collector.metric('log_collector_source_answers{machine="reliable"}'), SECONDS)
    other = world.container("kafka")
    other.write("B goes on")
    world.has("kafka", 1)
    world.sources["reliable"].start()
    written = writer.stop()
    assert world.has("watcher", written.total()) == written


@slow
def test_the_store_is_killed_with_half_on_its_disk(world: World) -> None:
    """Much at once is written to disk at once, but not yet the index of streams, by which it must not be looked for."""
    lines = 90_000
    rng, log = random.Random(1), world.container("flink-taskmanager", max_size=100 << 20)
    for number in range(lines):
        log.write(f"line {number} {rng.getrandbits(1600):x}")
    world.store.more = ("-memory.allowedBytes=12MB",)
    world.start()

    def count() -> int:
        (found,) = world.store.ask('service:="flink-taskmanager" | count() lines')
        return int(found["lines"])

    wait_for("all lines", lambda: count() == lines, SECONDS)
    assert 0 < world.store.metrics()['vl_storage_rows{type="storage/small"}'] < lines
    world.store.stop(signal.SIGKILL)
    world.store.start()
    wait_for("all lines again", lambda: count() >= lines, SECONDS)
    time.sleep(1)
    assert count() == lines
