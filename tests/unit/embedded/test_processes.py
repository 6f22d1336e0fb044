"""Processes are found by their mark, whatever their parent is, and all of them end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from embedded.processes.processes import MARK, PROGRAM_MARK, end, marked
from embedded.processes.waiting import wait_for

WAIT_SECONDS = 20.0
STUBBORN = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
ORPHAN_MAKER = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"


@contextmanager
def process(folder: Path, name: str, code: str = STUBBORN) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, MARK: str(folder), PROGRAM_MARK: name}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        started.stdout.readline()
        yield started
        started.kill()


def test_only_the_systems_own_processes_are_found(tmp_path: Path) -> None:
    with process(tmp_path, "one") as one, process(tmp_path, "two") as two, process(tmp_path / "other", "one"):
        assert {each.pid for each in marked(tmp_path)} == {one.pid, two.pid}
        assert [each.pid for each in marked(tmp_path, "two")] == [two.pid]


def test_a_process_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    with process(tmp_path, "stubborn") as stubborn:
        assert [each.pid for each in marked(tmp_path)] == [stubborn.pid]
        end(marked(tmp_path), grace_seconds=0.2)
        assert not psutil.pid_exists(stubborn.pid)


def test_an_orphan_is_found_and_ended(tmp_path: Path) -> None:
    environment = {**os.environ, MARK: str(tmp_path)}
    subprocess.run([sys.executable, "-c", ORPHAN_MAKER], env=environment, check=True)
    (orphan,) = marked(tmp_path)
    end([orphan], grace_seconds=WAIT_SECONDS)
    assert marked(tmp_path) == []


def test_a_program_ends_the_leftovers_of_its_last_run(tmp_path: Path) -> None:
    plan = tmp_path / "programs.json"
    plan.write_text(f'{{"worker": {{"command": ["{sys.executable}", "-c", "pass"], "environment": {{}}}}}}')
    with process(tmp_path, "worker") as left_behind, process(tmp_path, "other") as other:
        environment = {**os.environ, MARK: str(tmp_path)}
        subprocess.run(
            [sys.executable, "-m", "embedded.processes.run", str(plan), "worker"],
            env=environment,
            check=True,
        )
        assert left_behind.wait(WAIT_SECONDS) == -9
        assert psutil.Process(other.pid).is_running()


def test_a_process_ends_with_its_owner(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pathlib import Path; from embedded.processes.processes import spawn;"
        f"spawn([sys.executable, '-c', 'import time; time.sleep(60)'], os.environ, Path({str(tmp_path / 'log')!r}));"
        "print('up', flush=True); time.sleep(60)"
    )
    with process(tmp_path, "owner", code) as owner:
        owner.kill()
        owner.wait()
        wait_for("the process ends", lambda: marked(tmp_path) == [], WAIT_SECONDS)
