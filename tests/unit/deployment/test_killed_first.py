"""On a machine whose memory is used up, what costs least is ended first: by the kernel's own points."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .manual import text
from .test_compose_files import FILES, ONE_SHOT, megabytes, rendered

MACHINE_MB = {"docker-compose.reliable.yml": 900, "docker-compose.processing.yml": 3584}
LAST = {"kafka", "postgres", "stream-monitoring", "stream-monitoring-standby"}  # chat and data
ORDER = (900, 700, 550, 250, 0)
OWN_POINTS = Path("/proc/self/oom_score")
RUNS_ONCE = ONE_SHOT - {"backup"}  # before anything else runs


def told(file: str) -> dict[str, int]:
    """What the compose file adds to each container's points."""
    services = rendered(file)["services"].items()
    return {name: each.get("oom_score_adj", 0) for name, each in services if name not in RUNS_ONCE}


def documented() -> dict[str, int]:
    """The same of docs/architecture.md."""
    memory = text("docs/architecture.md").partition("\n## Memory\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^- \*\*(\d+)\*\*: ([a-z, -]+)\.", memory, re.MULTILINE)
    return {name: int(points) for points, names in lines for name in names.split(", ")}


def test_the_document_names_each_container() -> None:
    assert documented() == {name: points for file in FILES for name, points in told(file).items()}


@pytest.mark.parametrize("file", FILES)
def test_chat_and_data_go_last(file: str) -> None:
    assert {name for name, points in told(file).items() if points == 0} == LAST & set(told(file))


@pytest.mark.parametrize("file", FILES)
def test_a_large_container_never_goes_before_one_that_costs_less(file: str) -> None:
    """A thousandth of the machine's memory is a point, and each may have all of its limit, or next to nothing."""
    services, points = rendered(file)["services"], told(file)
    most = {
        name: points[name] + 1000 * megabytes(services[name]["mem_limit"]) / MACHINE_MB[file] for name in points
    }  # fmt: skip
    for later, sooner in zip(ORDER[1:], ORDER, strict=False):
        worst = max((most[name] for name in points if points[name] == later), default=0)
        assert worst < sooner, (later, sooner)


@pytest.mark.parametrize("file", FILES)
def test_what_goes_last_has_memory_of_its_own(file: str) -> None:
    for name, service in rendered(file)["services"].items():
        assert ("mem_reservation" in service) is (name in LAST), name
        if name in LAST:
            assert megabytes(service["mem_reservation"]) < megabytes(service["mem_limit"])


@pytest.mark.skipif(not OWN_POINTS.exists(), reason="Linux")
def test_the_kernel_counts_so() -> None:
    """A process may make itself more likely to be ended without any right, so a container of no rights can too."""
    script = "open('/proc/self/oom_score_adj','w').write('700'); print(open('/proc/self/oom_score').read())"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20)
    assert int(said.stdout) >= int(OWN_POINTS.read_text()) + 300
