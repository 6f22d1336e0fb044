"""The system's servers under supervisord: a killed one is restarted, and stopping leaves no process."""

import subprocess
import sys
from pathlib import Path

import pytest

from embedded.addresses import Ports
from embedded.problems import SetupError
from embedded.processes.ports import is_free
from embedded.processes.processes import marked
from embedded.processes.waiting import wait_for
from embedded.system import System

SERVICES = ("stream_monitoring", "clip_detector", "recorder", "clip_creator", "emote_counter", "viewer_clips",
    "api_frontend",)  # fmt: skip
END_SECONDS = 60.0

pytestmark = pytest.mark.timeout(400)


def test_a_killed_server_comes_back_and_stop_leaves_nothing(tmp_path: Path) -> None:
    reports: list[str] = []
    with System(tmp_path, Ports.free(), without=SERVICES, report=reports.append) as system:
        for name in ("kafka", "postgres", "redis", "twitch_simulator"):
            dead = system.kill(name)
            system.wait_restarted(name, dead)
            assert system.pid(name) not in (0, dead)
        system.stop_program("redis")
        assert system.state("redis").state == "STOPPED"
        system.start_program("redis")
    assert marked(tmp_path) == []
    assert [port for port in system.ports.settings().values() if not is_free(port)] == []
    names = [line.split()[0] for line in reports]
    assert names[0] == "folders"
    assert set(names[1:5]) == {"kafka", "postgres", "redis", "twitch_simulator"}
    assert names[5:] == ["topic_setup", "roles", "migrate"]


def test_after_a_killed_owner_the_next_start_works_at_once(tmp_path: Path) -> None:
    ports = Ports.free()
    code = (
        "import sys, time; from pathlib import Path; from embedded.addresses import Ports;"
        "from embedded.system import System;"
        f"System(Path({str(tmp_path)!r}), {ports!r}, without={(*SERVICES, 'kafka', 'topic_setup')!r}).start();"
        "print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == b"up\n"
            assert len(marked(tmp_path)) > 3
        finally:
            owner.kill()
    with System(tmp_path, ports, without=(*SERVICES, "kafka", "topic_setup")) as system:
        assert system.pid("postgres")
    wait_for("nothing is left", lambda: not marked(tmp_path), END_SECONDS)


def test_a_program_that_never_becomes_ready_shows_its_log(tmp_path: Path) -> None:
    wrong = {"recorder": {"KAFKA_BOOTSTRAP_SERVERS": "", "RECORDER_METRICS_PORT": "none"}}
    without = ("kafka", "topic_setup", *(name for name in SERVICES if name != "recorder"))
    with pytest.raises(SetupError, match=r"recorder did not become ready[^$]*RECORDER_METRICS_PORT"):
        System(tmp_path, Ports.free(), without=without, environment=wrong).start()
    assert marked(tmp_path) == []
