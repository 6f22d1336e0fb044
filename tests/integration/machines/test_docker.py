"""With a real Docker daemon: the firewall holds what Docker publishes, and the clean-up keeps the way back."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from integration.support.network import PUBLIC, TAILSCALE, Network
from integration.support.private_docker import NEEDS_DOCKERD, PrivateDocker, is_possible

from embedded.paths import REPOSITORY

pytestmark = pytest.mark.skipif(not is_possible(), reason=NEEDS_DOCKERD)
MISTAKE, DATABASE, LOCAL, HTTP = 5999, 5432, 3000, 80
EVERYTHING = {MISTAKE, DATABASE, LOCAL, HTTP}


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """A machine and its networks."""
    (tmp_path / "env").write_text("")
    made = Network(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def docker(network: Network) -> Iterator[PrivateDocker]:
    """Its Docker."""
    made = PrivateDocker(network)
    try:
        yield made
    finally:
        made.close()


def ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


def test_what_docker_publishes_is_closed_too(network: Network, docker: PrivateDocker) -> None:
    """Its packets never pass through INPUT."""
    docker.load("web:1", ago(1))
    where = {MISTAKE: "", DATABASE: f"{TAILSCALE}:", LOCAL: "127.0.0.1:", HTTP: ""}
    docker.run("network", "create", "ours")
    docker.run(
        "run", "-d", "--network", "ours", *[w for p, a in where.items() for w in ("-p", f"{a}{p}:8080")], "web:1"
    )
    network.wait_until_open("outside", PUBLIC, MISTAKE, 20)
    assert network.answering("outside", PUBLIC, EVERYTHING) == {MISTAKE, HTTP}
    assert network.answering("outside", TAILSCALE, EVERYTHING) == EVERYTHING - {LOCAL}, "by a neighbour's route"

    assert network.run("machine.sh", "reliable", "firewall", FIREWALL_TRIAL="no").returncode == 0
    assert network.answering("outside", PUBLIC, EVERYTHING) == set()
    assert network.answering("outside", TAILSCALE, EVERYTHING) == set()
    assert network.answering("tailnet", TAILSCALE, EVERYTHING) == EVERYTHING - {LOCAL}
    assert network.answering("machine", "127.0.0.1", EVERYTHING) == {MISTAKE, LOCAL, HTTP}

    network.run("machine.sh", "reliable", "firewall", FIREWALL_TRIAL="no", COMPOSE_PROFILES="tls")
    assert network.answering("outside", PUBLIC, EVERYTHING) == {HTTP}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which `new` runs and `old` ran before."""
    folder = tmp_path / "checkout"
    for name in ("machine/clean.sh", "backup/lib.sh"):
        (folder / "infrastructure" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "infrastructure" / name, folder / "infrastructure" / name)
    (folder / ".env").write_text("STREAM_SCOUT_VERSION=new\n")
    (folder / ".deploy").mkdir()
    return folder


def clean(checkout: Path, docker: PrivateDocker) -> str:
    done = subprocess.run(
        [checkout / "infrastructure/machine/clean.sh", "reliable"], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "DOCKER_HOST": docker.host}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_way_back_stays(checkout: Path, docker: PrivateDocker) -> None:
    for version, days in {"new": 30, "old": 60, "older": 90, "oldest": 120, "next": 1, "held": 200}.items():
        docker.load(f"stream-scout/recorder:{version}", ago(days))
    docker.load("somebody/else:1", ago(300))
    before, lost = docker.load("untagged:1", ago(70)), docker.load("untagged:2", ago(71))
    record = {"version": "new", "version_before": "old", "images_before": {"recorder": before}, "is_finished": True}
    (checkout / ".deploy" / "reliable.json").write_text(json.dumps(record))
    docker.run("create", "stream-scout/recorder:held")
    for number, name in ((3, "untagged:1"), (4, "untagged:2")):  # another takes its name
        docker.run("tag", docker.load(f"other:{number}", ago(1)), name)
    assert {before, lost} <= docker.images()

    printed = clean(checkout, docker)
    kept = docker.images()
    assert {f"stream-scout/recorder:{version}" for version in ("new", "old", "next", "held")} <= kept
    assert not {"stream-scout/recorder:older", "stream-scout/recorder:oldest"} & kept
    assert "removed stream-scout/recorder:older" in printed
    assert "somebody/else:1" in kept
    assert before in kept, "deploy.sh goes back to it by its id"
    assert lost not in kept
    assert "removed" not in clean(checkout, docker)


def test_it_waits_for_a_deploy(checkout: Path, docker: PrivateDocker) -> None:
    docker.load("stream-scout/recorder:older", ago(90))
    with subprocess.Popen(["flock", checkout / ".deploy/.env.lock", "sleep", "30"]) as held:
        printed = clean(checkout, docker)
        held.kill()
    assert printed == "A deploy is under way; the clean-up waits for its next time.\n"
    assert "stream-scout/recorder:older" in docker.images()
