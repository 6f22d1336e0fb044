"""A worker that ends unasked ends its process with a non-zero code; a stop signal ends it with zero."""

import os
import signal
import subprocess
import sys
import time

import pytest

from service_runtime.supervision import FAILED_SECONDS

PROGRAM = """
import threading, time
from service_runtime import logs
from service_runtime.supervision import Supervisor
logs.configure("example")
supervisor = Supervisor(grace_seconds={grace})
def patient(stop): stop.wait()
def failing(stop): raise RuntimeError("boom")
def returning(stop): return None
def stubborn(stop): time.sleep(60)
supervisor.add("patient", {first})
supervisor.add("other", {worker})
print("started", flush=True)
raise SystemExit(supervisor.wait())
"""


def start(worker: str, first: str = "patient", grace: int = 2) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(worker=worker, first=first, grace=grace)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.parametrize(
    ("worker", "event"), [("failing", "worker failed"), ("returning", "worker ended unexpectedly")]
)
def test_a_worker_that_ends_ends_the_process(worker: str, event: str) -> None:
    process = start(worker)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert event in errors
    assert '"worker": "other"' in errors


@pytest.mark.parametrize(("worker", "code"), [("patient", 0), ("stubborn", 1)])
def test_a_stop_signal_ends_the_workers(worker: str, code: int) -> None:
    process = start(worker, grace=2 if code else 20)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code
    assert ("did not stop" in errors) == (code == 1)


def test_a_failure_does_not_wait_long_for_the_others() -> None:
    """A successor is waiting to start: a stuck worker gets seconds, not the grace of a stop."""
    began = time.monotonic()
    _, errors = start("failing", first="stubborn", grace=50).communicate(timeout=40)
    assert FAILED_SECONDS <= time.monotonic() - began < 40
    assert '"workers": ["patient"]' in errors
