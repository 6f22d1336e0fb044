"""Both machines go forward and back one after the other: chat is not lost, and one version apart they work together."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from deployment import chat_log
from deployment.deploys import Deploy, build, waiting_for_others
from deployment.test_two_machines import CLIP_SECONDS
from deployment.two_machines import REPOSITORY, Machine, TwoMachines
from deployment.visitors import Crowd

from embedded.processes.waiting import wait_for

DEPLOY_SECONDS = 120.0
OF_A, OF_B = ("reliable", "processing")
SERVICES = {"recorder": "recorder", "api-frontend": "api_frontend", "stream-monitoring": "stream_monitoring",
            "watcher": "watcher", "clip-creator": "clip_creator", "emote-counter": "emote_counter",
            "viewer-clips": "viewer_clips",
            "log-source": "log_source", "log-collector": "log_collector"}  # fmt: skip


def build_before(python_image: str) -> str:
    """Build the services' images from the commit before this one (or `DEPLOY_BEFORE`), and return their version."""
    git, revision = ["git", "-C", str(REPOSITORY)], os.environ.get("DEPLOY_BEFORE", "HEAD~1")
    commit = subprocess.run([*git, "rev-parse", revision], capture_output=True, text=True, check=True).stdout.strip()
    archive = subprocess.run([*git, "archive", commit], capture_output=True, check=True).stdout
    for image, service in SERVICES.items():
        name = f"stream-scout/{image}:before"
        arguments = [f"PYTHON_IMAGE={python_image}", f"SERVICE={service}", "VERSION=before", f"COMMIT={commit}"]
        words = [word for each in arguments for word in ("--build-arg", each)]
        file = "infrastructure/images/service.Dockerfile"
        subprocess.run(["docker", "build", "-q", "-f", file, "-t", name, *words, "-"], input=archive, check=True)
    subprocess.run(["docker", "tag", "stream-scout/flink:test", "stream-scout/flink:before"], check=True)
    return "before"


@pytest.fixture(scope="module")
def before(machines: TwoMachines) -> Iterator[str]:
    """The version before; the machines are back at the one that they had once the tests are over."""
    version = build_before(os.environ.get("PYTHON_IMAGE", "python:3.11.15-slim-bookworm"))
    build(machines.b, "next")
    yield version
    assert Deploy(machines.a, "test", "--no-backup").finish() == 0
    assert Deploy(machines.b, "test", "--no-backup").finish() == 0


def deployed(machine: Machine, version: str) -> Deploy:
    """Deploy, which has to succeed."""
    deploy = Deploy(machine, version, "--no-backup")
    assert deploy.finish() == 0
    print(f"machine {machine.project} at {version} after {deploy.seconds:.0f} s")
    return deploy


def gaps(machines: TwoMachines) -> int:
    """The seconds of channels that nobody read, as the site shows them."""
    sql = "SELECT count(*) FROM coverage WHERE event = 'gap'"
    found = machines.a.run("exec", "-T", "postgres", "psql", "-U", "backup", "-d", "stream_scout", "-qtAc", sql)
    return int(found.strip())


def test_b_goes_forward_and_no_chat_is_lost(machines: TwoMachines, before: str) -> None:
    known, began = gaps(machines), time.time()
    with Crowd("http://10.88.7.1:5000", per_second=5) as visitors:
        deploy = deployed(machines.b, "next")
        ended = time.time()
        assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]
    assert not visitors.visits.failed
    sent = chat_log.sent(machines.b, began, ended)
    assert len(sent) > 500
    wait_for("all chat is in Kafka", lambda: not set(sent) - set(chat_log.messages(machines.b)), 60, 5)
    assert [each for each, times in chat_log.messages(machines.b).items() if times > 1] == []
    print(f"{len(sent)} messages written meanwhile, none lost, none twice")
    assert gaps(machines) == known
    assert deploy.seconds < DEPLOY_SECONDS * waiting_for_others()
    assert "version next runs on machine B" in deploy.told


def test_an_older_a_and_a_newer_b_work_together(machines: TwoMachines, before: str) -> None:
    deployed(machines.a, before)
    assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]


def test_a_newer_a_and_an_older_b_work_together(machines: TwoMachines, before: str) -> None:
    deployed(machines.a, "test")
    deployed(machines.b, before)
    assert machines.clip_of_a_burst(CLIP_SECONDS)["clip"]["url"]


def test_alerts_are_held_back_during_a_deploy(machines: TwoMachines, before: str) -> None:
    """A deploy of A that is killed leaves a pause, which inhibits B's alerts, until it is run again."""
    assert Deploy(machines.a, "test", "--no-backup").kill_at("roles: run")
    ask = ["exec", "-T", "alertmanager", "amtool", "--alertmanager.url=http://127.0.0.1:9093", "alert"]

    def add(name: str) -> None:
        machines.b.run(*ask, "add", name, "severity=critical")

    add("ProcessDown")
    wait_for("the pause is known", lambda: "Paused" in machines.b.run(*ask, "query", "--active"), 90, 2)
    add("ProcessDown")
    wait_for("it is held back", lambda: "ProcessDown" in machines.b.run(*ask, "query", "--inhibited"), 30, 1)
    assert Deploy(machines.a, "test", "--no-backup").finish() == 0
    wait_for("the pause is over", lambda: "watcher_pause_seconds 0.0" in metrics(machines), 30, 1)


def metrics(machines: TwoMachines) -> str:
    ask = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9103/metrics').read().decode())"
    return machines.a.run("exec", "-T", "watcher", "python", "-c", ask)
