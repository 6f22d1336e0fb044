"""A week and a gigabyte, as the compose file says; and what does not fit is refused, not half kept."""

import json
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import httpx
from integration.support.log_collector_process import PATH
from integration.support.log_store import flags, needs_store
from integration.support.log_world import World

from embedded.processes.waiting import wait_for

pytestmark = needs_store


def test_a_week_and_a_gigabyte(running: World) -> None:
    found = running.store.metrics()
    (most,) = [value for name, value in found.items() if name.startswith("vl_max_disk_space_usage_bytes")]
    assert most == 1e9
    log = running.container("old")
    now = datetime.now(UTC)
    log.write("six days old", at=now - timedelta(days=6))
    log.write("eight days old", at=now - timedelta(days=8))
    log.write("of a clock that is a month ahead", at=now + timedelta(days=30))
    assert running.has("old", 2).keys() == {"six days old", "of a clock that is a month ahead"}
    (ahead,) = running.store.ask('service:="old" logged_at:*')
    assert abs(datetime.fromisoformat(ahead["_time"]) - now) < timedelta(minutes=1)


def test_the_store_itself_takes_no_older_line(running: World) -> None:
    def dropped() -> float:
        return running.store.metrics()['vl_rows_dropped_total{reason="too_small_timestamp"}']

    before = dropped()
    old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    url = f"{running.store.url}/insert/jsonline?_stream_fields=service"
    content = json.dumps({"_time": old, "_msg": "x", "service": "direct"})
    httpx.post(url, content=content, trust_env=False).raise_for_status()
    assert running.store.ask('service:="direct"') == []
    wait_for("the store counts it", lambda: dropped() == before + 1, 20)


DAYS = 5
LIMIT_BYTES = 150_000
LINES_A_DAY = 100  # of a kilobyte that nothing compresses: two days and a bit fit


def by_day(world: World) -> dict[int, list[str]]:
    """What is stored, by how many days old its line says that it is."""
    found: dict[int, list[str]] = {}
    for message in world.messages("loud").elements():
        found.setdefault(int(message.split()[0]), []).append(message.split()[1])
    return found


def test_above_its_size_the_oldest_days_go_and_the_newest_stay(world: World) -> None:
    """With a limit that is small; VictoriaLogs looks every ten seconds, and always keeps two days."""
    assert any(flag.startswith("-retention.maxDiskSpaceUsageBytes=") for flag in flags()), "what the test makes small"
    # Only what is on its disk counts.
    world.store.more = (f"-retention.maxDiskSpaceUsageBytes={LIMIT_BYTES}", "-inmemoryDataFlushInterval=1s")
    world.start()
    log, now = world.container("loud", max_size=10 << 20), datetime.now(UTC)
    for day in range(DAYS, -1, -1):
        for number in range(LINES_A_DAY):
            noise = random.randbytes(500).hex()
            log.write(f"{day} {number} {noise}", at=now - timedelta(days=day, seconds=LINES_A_DAY - number))
    wait_for("the oldest days are gone", lambda: by_day(world).keys() == {0, 1}, 120)
    assert [len(lines) for _, lines in sorted(by_day(world).items())] == [LINES_A_DAY] * 2
    world.collector.stop(signal.SIGKILL)
    world.collector.start()
    log.write("0 after the restart")
    wait_for("it goes on", lambda: "after" in by_day(world).get(0, ()), 40)
    wait_for("what was read again is gone again", lambda: by_day(world).keys() == {0, 1}, 120)
    assert [len(set(lines)) for lines in by_day(world).values()] == [len(lines) for lines in by_day(world).values()]
    assert len(by_day(world)[1]) == LINES_A_DAY


def asked(running: World, *arguments: str, url: str = "") -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": PATH, "LOGS_STORE_URL": url or running.store.url, "PATH": "/usr/bin"}
    command = [sys.executable, "-m", "log_collector.searching.main", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_an_operator_finds_lines(running: World) -> None:
    log = running.container("clip-creator", "reliable")
    log.write(json.dumps({"event": "resuming a clip", "level": "info", "moment": "m-7", "status": "asked"}))
    log.write(json.dumps({"event": "late look failed", "level": "warning", "moment": "m-7", "reason": "timed out"}))
    log.write(json.dumps({"event": "of another moment", "level": "info", "moment": "m-71"}))
    running.has("clip-creator", 3)
    found = asked(running, "--moment=https://example.org/moments/m-7")
    assert [line[24:].split("  ")[0] for line in found.stdout.splitlines()] == ["A clip-creator", "A clip-creator"]
    assert "resuming a clip moment_id=m-7 status=asked" in found.stdout.replace("moment=m-7 ", "")
    worse = asked(running, "--service=clip_creator", "--level=warning", "--machine=A", "--since=2h")
    assert "late look failed" in worse.stdout
    assert len(worse.stdout.splitlines()) == 1
    nothing = asked(running, "--service=clip-craetor")
    assert nothing.returncode == 1
    assert "clip-creator on reliable: 3" in nothing.stderr


def test_without_a_store_it_says_where_else_to_look(running: World) -> None:
    found = asked(running, "--service=recorder", url="http://127.0.0.1:9")
    assert found.returncode == 1
    assert "logs --since 1h recorder" in found.stderr
    assert "Traceback" not in found.stderr
