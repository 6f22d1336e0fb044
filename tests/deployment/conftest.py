"""Both machines, started once for all tests in this folder."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployment.two_machines import (
    DEPLOYED,
    LOCAL,
    PROCESSING,
    RELIABLE,
    STAGING,
    TWITCH,
    Machine,
    Page,
    Twitch,
    TwoMachines,
    make_secrets,
    standins_environment,
)

from embedded.processes.waiting import wait_for

START_SECONDS = 1800  # images are built first
BASELINE_SECONDS = 80


def why_not() -> str:
    """Return why these tests cannot run here; empty if they can."""
    if not (os.environ.get("STANDINS") or os.environ.get("DEPLOYMENT")):
        return "needs Docker and minutes: `make test-deployment`, or STANDINS=folder of stand-in images"
    if os.geteuid() != 0:
        return "gives the loopback interface addresses: needs root"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip with a reason, and allow for the slow start."""
    reason = why_not()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason) if reason else pytest.mark.timeout(START_SECONDS))


@pytest.fixture(scope="session")
def addresses() -> Iterator[None]:
    """An address for each machine and for Twitch, on loopback."""
    mine = []
    for address in (RELIABLE, PROCESSING, TWITCH, DEPLOYED, STAGING):
        added = subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"], capture_output=True, check=False)
        if added.returncode == 0:
            mine.append(address)
    yield
    for address in mine:
        subprocess.run(["ip", "addr", "del", f"{address}/32", "dev", "lo"], check=False)


@pytest.fixture(scope="session")
def docker(addresses: None) -> None:
    """A Docker that has the official images, or others in their place."""
    if os.environ.get("STANDINS"):
        os.environ.update(standins_environment(Path(os.environ["STANDINS"])))


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory, docker: None) -> Iterator[TwoMachines]:
    """Both machines, healthy, with a baseline for every channel."""
    directory = tmp_path_factory.mktemp("machines")
    make_secrets(directory)
    twitch = Twitch(directory)
    common = {
        "SECRETS_DIRECTORY": str(directory / "secrets"),
        "STREAM_SCOUT_VERSION": "test",
        "TWITCH_CLIENT_ID": "simulator",
        "TWITCH_API_URL": f"http://{TWITCH}:6690/helix/",
        "TWITCH_AUTH_URL": f"http://{TWITCH}:6690/oauth2/",
        "CHAT_URL": f"irc://{TWITCH}:6667",
        "PINNED_CHANNELS": ",".join(twitch.logins()),
    }
    on_a = {**common, "BIND_ADDR": RELIABLE, "MACHINE_B": PROCESSING}
    on_b = {**common, "BIND_ADDR": PROCESSING, "MACHINE_A": RELIABLE, "LOCAL_ADDR": LOCAL}
    a = Machine("docker-compose.reliable.yml", "test-reliable", directory, on_a)
    b = Machine("docker-compose.processing.yml", "test-processing", directory, on_b)
    try:
        a.up()
        b.up()
        both = TwoMachines(a, b, twitch, Page(), twitch.logins())
        wait_for("a baseline", lambda: both.covered_seconds() > BASELINE_SECONDS, 300, 2)
        yield both
    finally:
        twitch.stop()
        if not os.environ.get("DEPLOYMENT_KEEP"):  # to examine a failure
            b.down()
            a.down()
