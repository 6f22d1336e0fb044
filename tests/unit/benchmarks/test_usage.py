"""What processes take is measured on real ones."""

import os
import subprocess
import sys

from benchmarks._usage import Part, Usage, limits_mb, pss_mb, usage

GONE = 2**22 + 1  # beyond the kernel's largest process id
COMPOSE = """
services:
  kafka: {restart: unless-stopped, mem_limit: 560m}
  recorder: {restart: unless-stopped, mem_limit: 160m}
  kafka-init: {restart: on-failure:5, mem_limit: 96m}
"""


def test_cpu_bytes_and_memory_are_measured(tmp_path) -> None:
    before = usage([os.getpid(), GONE])
    with (tmp_path / "file").open("wb") as file:
        file.write(bytes(1_000_000))
    sum(range(3_000_000))
    taken = usage([os.getpid(), GONE]) - before
    assert taken.written_bytes >= 1_000_000
    assert taken.cpu_seconds > 0
    assert pss_mb([os.getpid(), GONE]) > 5


def test_usage_is_added() -> None:
    assert Usage(1.0, 5) + Usage(0.5, 2) == Usage(1.5, 7)


def test_a_part_is_its_jvm_or_the_rest() -> None:
    """The root is a process of its own: the test's own may be the parent of a JVM that another test uses."""
    code = "import subprocess, sys; child = subprocess.Popen(['sleep', '60']); print(child.pid, flush=True)"
    code += "; sys.stdin.read(); child.kill()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as root:
        child = int(root.stdout.readline())  # type: ignore[union-attr]
        assert set(Part("all", "B", "job").pids(root.pid)) == {root.pid, child}
        assert Part("jvm", "B", "job", "jvm").pids(root.pid) == []
        assert set(Part("rest", "B", "job", "not jvm").pids(root.pid)) == {root.pid, child}


def test_limits_are_of_what_runs_all_the_time() -> None:
    assert limits_mb(COMPOSE) == 720
