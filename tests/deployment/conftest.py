"""Both machines, started once for all tests in this folder."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deployment.operators_end import OperatorsEnd
from deployment.peaks import Watch
from deployment.standins import standins_environment
from deployment.two_machines import (
    ALONE,
    BOT,
    DEPLOYED,
    LOCAL,
    PROCESSING,
    RELIABLE,
    REPOSITORY,
    STAGING,
    TWITCH,
    Discord,
    Machine,
    Page,
    Twitch,
    TwoMachines,
    docker_logs,
    make_secrets,
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
    """Skip with a reason, allow for the slow start, and lose machine A last: its bot then tells of no older stream."""
    items.sort(key=lambda item: item.path.name == "test_machine_a_is_lost.py")
    reason = why_not()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason) if reason else pytest.mark.timeout(START_SECONDS))


@pytest.fixture(scope="session")
def addresses() -> Iterator[None]:
    """An address for each machine and for Twitch, on loopback."""
    mine = []
    for address in (RELIABLE, PROCESSING, TWITCH, ALONE, DEPLOYED, STAGING):
        added = subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"], capture_output=True, check=False)
        if added.returncode == 0:
            mine.append(address)
    yield
    for address in mine:
        subprocess.run(["ip", "addr", "del", f"{address}/32", "dev", "lo"], check=False)


@pytest.fixture(scope="session")
def operator(addresses: None) -> Iterator[OperatorsEnd]:
    """The operator's webhook, and a place where the manual opens."""
    operator = OperatorsEnd(TWITCH, REPOSITORY / "OPERATIONS.md")
    yield operator
    operator.stop()


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory, operator: OperatorsEnd) -> Path:
    """A folder with the secrets of all machines."""
    folder = tmp_path_factory.mktemp("machines")
    make_secrets(folder, operator.webhook)
    return folder


@pytest.fixture(scope="session")
def docker(addresses: None) -> None:
    """A Docker that has the official images, or others in their place."""
    if os.environ.get("STANDINS"):
        os.environ.update(standins_environment(Path(os.environ["STANDINS"])))


@pytest.fixture(scope="session")
def twitch(directory: Path, addresses: None) -> Iterator[Twitch]:
    """The simulated Twitch."""
    twitch = Twitch(directory)
    yield twitch
    twitch.stop()


@pytest.fixture(scope="session")
def discord(directory: Path, addresses: None) -> Iterator[Discord]:
    """The simulated Discord."""
    discord = Discord(directory, 6790)
    yield discord
    discord.stop()


@pytest.fixture(scope="session")
def machines(
    directory: Path, docker: None, twitch: Twitch, discord: Discord, operator: OperatorsEnd
) -> Iterator[TwoMachines]:
    """Both machines, healthy, with a baseline for every channel."""
    common = {
        **BOT,
        "DOCKER_LOGS": docker_logs(),
        **discord.variables,
        "SECRETS_DIRECTORY": str(directory / "secrets"),
        "CHAT_URL": f"irc://{TWITCH}:6667",
        "PINNED_CHANNELS": ",".join(twitch.logins()),
    }
    on_a = {**common, "BIND_ADDR": RELIABLE, "MACHINE_B": PROCESSING, "COMPOSE_PROFILES": "discord,tls"}
    on_a["TLS_ADDR"] = RELIABLE
    on_b = {**common, "BIND_ADDR": PROCESSING, "MACHINE_A": RELIABLE, "LOCAL_ADDR": LOCAL}
    on_b["OPERATIONS_URL"] = operator.manual
    on_b["OPERATOR_ZONE"] = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"  # noon, or warnings would wait for the day
    a = Machine("docker-compose.reliable.yml", "test-reliable", directory, on_a)
    b = Machine("docker-compose.processing.yml", "test-processing", directory, on_b)
    watch = Watch((a.project, b.project))
    for machine in (a, b):
        machine.down()  # what a run that was cut off left: its Kafka knows another password
    try:
        a.up()
        b.up()
        both = TwoMachines(a, b, twitch, discord, Page(), twitch.logins(), operator)
        wait_for("a baseline", lambda: both.covered_seconds() > BASELINE_SECONDS, 300, 2)
        yield both
    finally:
        watch.stop()
        print(f"\n{watch.table()}")
        if not os.environ.get("DEPLOYMENT_KEEP"):  # to examine a failure
            b.down()
            a.down()
