"""Machine A and machine B, fresh, in one network."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from integration.install.machine import Machine, start_network

A, B = "100.64.0.1", "100.64.0.2"


ALWAYS = (  # what the rest is for
    "test_a_fresh_machine_runs_and_a_second_run_changes_nothing[debian-12",
    "test_b_gets_what_it_shares_with_a_and_nothing_else",
    "test_wrong_values_are_refused_before_anything",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most to `make test-install`: each makes a machine or two, which takes 10 to 60 seconds."""
    if os.environ.get("INSTALL"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and not item.name.startswith(ALWAYS):
            item.add_marker(pytest.mark.skip(reason="make test-install"))


def namespaces_work() -> bool:
    """Return whether this user may make what the machines are made of."""
    if os.geteuid() != 0 or not all(shutil.which(name) for name in ("unshare", "nsenter", "setpriv", "ip", "sysctl")):
        return False
    made = [
        "unshare",
        "--mount",
        "--net",
        "--pid",
        "--fork",
        "--mount-proc",
        "sysctl",
        "-qw",
        "net.ipv4.ip_nonlocal_bind=1",
    ]
    return subprocess.run(made, capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def network() -> Iterator[int]:
    """A network that both machines are in."""
    if not namespaces_work():
        pytest.skip("makes machines by Linux namespaces: needs root, and unshare, nsenter, setpriv, ip, sysctl")
    process = start_network(A, B)
    yield process.pid
    process.kill()
    process.wait()


@pytest.fixture
def make(network: int) -> Iterator[Callable[..., Machine]]:
    """Makes machines, and takes them away at the end."""
    folders: list[Path] = []

    def machine(letter: str = "A", **others: object) -> Machine:
        if others.get("uid") and shutil.which("sudo") is None:
            pytest.skip("installs as a plain user with sudo: apt-get install sudo")
        folders.append(Path(tempfile.mkdtemp(prefix="machine-")))
        folders[-1].chmod(0o755)
        return Machine(folders[-1] / "m", network, A if letter == "A" else B, **others)  # type: ignore[arg-type]

    yield machine
    for folder in folders:
        shutil.rmtree(folder)
