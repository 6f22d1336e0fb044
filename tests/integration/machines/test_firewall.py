"""The firewall on a machine with three networks: each port is tried from outside."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from integration.support.network import (
    CONTAINER,
    NEIGHBOUR,
    PUBLIC,
    PUBLIC_6,
    TAILSCALE,
    Network,
)

from embedded.paths import REPOSITORY

FILES = ("docker-compose.reliable.yml", "docker-compose.processing.yml")
SSH, HTTP, HTTPS, OF_THE_MACHINE = 22, 80, 443, 8000  # the last: whatever somebody has left running
WEB = {HTTP, HTTPS}
MISTAKE = 5999  # a container's port that somebody published on every address
SECONDS = "2"
pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("ip", "nft", "iptables"))),
    reason="makes network namespaces: needs root, and apt-get install iproute2 nftables iptables",
)


def published() -> set[int]:
    """Every port that one of the compose files opens, on whatever address."""
    found = set()
    for file in FILES:
        for service in yaml.safe_load((REPOSITORY / file).read_text())["services"].values():
            found |= {int(re.findall(r":(\d+):\d+$", port)[0]) for port in service.get("ports", [])}
    return found


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """A machine where everything answers, and whose container has ports on the Tailscale address and two mistakes."""
    (tmp_path / "env").write_text("")
    made = Network(tmp_path)
    try:
        made.listen("machine", published() | WEB | {SSH, OF_THE_MACHINE})
        made.listen("box", published() | WEB | {MISTAKE})
        for port in (5432, 5000):
            made.publish(port, TAILSCALE)
        made.publish(MISTAKE)
        yield made
    finally:
        made.close()


def close(network: Network, role: str = "reliable", **variables: str) -> str:
    done = network.run("machine.sh", role, "firewall", FIREWALL_TRIAL="no", **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def everything() -> set[int]:
    return published() | WEB | {SSH, OF_THE_MACHINE, MISTAKE}


def test_without_a_firewall_everything_answers(network: Network) -> None:
    """So that the tests below say something: the network itself keeps nobody out."""
    assert network.answering("outside", PUBLIC, everything()) == everything()
    assert network.answering("outside", PUBLIC_6, everything()) == everything() - {MISTAKE}
    assert {5432, 5000} <= network.answering("outside", TAILSCALE, everything())
    assert network.answering("outside", CONTAINER, {5432}) == {5432}


@pytest.mark.parametrize("role", ["reliable", "processing"])
def test_from_outside_only_ssh_answers(network: Network, role: str) -> None:
    close(network, role)
    for address in (PUBLIC, PUBLIC_6, TAILSCALE, CONTAINER):
        reached = network.answering("outside", address, everything())
        assert reached == (set() if address == CONTAINER else {SSH}), address


def test_the_web_answers_where_tls_is_on(network: Network) -> None:
    network.publish(HTTP)
    network.publish(HTTPS)
    close(network)
    assert network.answering("outside", PUBLIC, everything()) == {SSH}
    assert close(network, COMPOSE_PROFILES="discord,tls").endswith("changed=1\n")
    assert network.answering("outside", PUBLIC, everything()) == {SSH} | WEB
    close(network, COMPOSE_PROFILES="tunnel")
    assert network.answering("outside", PUBLIC, everything()) == {SSH}


def test_tls_opens_nothing_on_the_machine_without_a_website(network: Network) -> None:
    close(network, "processing", COMPOSE_PROFILES="tls")
    assert network.answering("outside", PUBLIC, everything()) == {SSH}


def test_the_tailnet_is_left_to_its_own_policy(network: Network) -> None:
    close(network)
    assert network.answering("tailnet", TAILSCALE, everything()) == everything()


def test_what_goes_out_comes_back(network: Network) -> None:
    """Of the machine itself and of its containers."""
    close(network)
    network.listen("outside", {9999})
    assert network.answering("machine", NEIGHBOUR, {9999}) == {9999}
    network.inside("outside", "ip", "route", "add", "172.30.0.0/24", "via", PUBLIC)
    assert network.answering("box", NEIGHBOUR, {9999}) == {9999}
    network.ping("outside", PUBLIC)


def test_a_container_does_not_reach_its_machine(network: Network) -> None:
    close(network)
    assert network.answering("box", PUBLIC, {SSH, OF_THE_MACHINE}) == {SSH}


def test_a_second_run_changes_nothing(network: Network) -> None:
    assert close(network).endswith("changed=2\n"), "the rules, and the unit that loads them at each start"
    assert close(network).splitlines()[-1] == "changed=0"
    network.inside("machine", "nft", "flush", "ruleset")  # as a restart of nftables.service does
    assert network.run("machine.sh", "reliable", "check").returncode == 1
    assert close(network).splitlines()[-1] == "changed=1"
    assert network.answering("outside", PUBLIC, everything()) == {SSH}


def test_without_a_word_it_is_taken_back(network: Network) -> None:
    """Whoever has locked themselves out waits a minute; here, SSH is at a port that the rules do not know."""
    network.listen("machine", {2222})
    done = network.run("machine.sh", "reliable", "firewall", FIREWALL_SECONDS=SECONDS)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "changed=1"), done.stderr
    assert network.answering("outside", PUBLIC, {2222}, 0.3) == set()
    network.wait_until_open("outside", PUBLIC, 2222, 10)
    late = network.run("machine.sh", "reliable", "confirm")
    assert late.returncode == 1
    assert "no firewall is on trial" in late.stderr


def test_confirmed_it_stays(network: Network) -> None:
    network.run("machine.sh", "reliable", "firewall", FIREWALL_SECONDS=SECONDS)
    again = network.run("machine.sh", "reliable", "firewall", FIREWALL_SECONDS=SECONDS)
    assert again.stdout.splitlines()[-1] == "changed=0", "it is on trial already"
    done = network.run("machine.sh", "reliable", "confirm")
    assert done.returncode == 0, done.stderr
    network.inside("machine", "sleep", "3")  # past its end
    assert network.answering("outside", PUBLIC, everything()) == {SSH}


def test_taken_back_are_the_rules_of_before(network: Network) -> None:
    close(network, COMPOSE_PROFILES="tls")
    network.run("machine.sh", "reliable", "firewall", FIREWALL_SECONDS=SECONDS)
    assert network.answering("outside", PUBLIC, WEB, 0.3) == set()
    network.wait_until_open("outside", PUBLIC, HTTPS, 10)
    assert network.answering("outside", PUBLIC, everything()) == {SSH} | WEB


def test_the_port_of_this_login_stays_open(network: Network) -> None:
    network.listen("machine", {2222})
    close(network, SSH_CONNECTION=f"{NEIGHBOUR} 51000 {PUBLIC} 2222")
    assert network.answering("outside", PUBLIC, {2222, SSH}) == {2222, SSH}


@pytest.fixture
def operator() -> Iterator[str]:
    """A plain user who may use sudo."""
    name = f"operator{os.getpid()}"
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/sh", name], check=True)
    rule = Path("/etc/sudoers.d") / name
    rule.write_text(f"Defaults:{name} use_pty\n{name} ALL=(ALL) NOPASSWD: ALL\n")  # as Ubuntu 24.04 has it
    rule.chmod(0o440)
    yield name
    rule.unlink()
    subprocess.run(["userdel", name], check=True)


@pytest.mark.skipif(shutil.which("sudo") is None, reason="apt-get install sudo")
def test_a_plain_user_with_sudo_does_the_same(network: Network, operator: str) -> None:
    """As the manual has it done: the trial outlives sudo, and a second run sees what the first has left."""
    done = network.run("machine.sh", "reliable", "firewall", user=operator, FIREWALL_SECONDS=SECONDS)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "changed=1"), done.stderr
    assert network.answering("outside", PUBLIC, everything(), 0.3) == {SSH}
    network.wait_until_open("outside", PUBLIC, OF_THE_MACHINE, 10)
    network.run("machine.sh", "reliable", "firewall", user=operator)
    kept = network.run("machine.sh", "reliable", "confirm", user=operator)
    assert kept.returncode == 0, kept.stderr
    assert network.run("machine.sh", "reliable", "firewall", user=operator).stdout.splitlines()[-1] == "changed=0"
    assert network.answering("outside", PUBLIC, everything()) == {SSH}


def test_it_can_be_taken_away(network: Network) -> None:
    close(network)
    assert network.run("machine.sh", "reliable", "open").returncode == 0
    assert network.answering("outside", PUBLIC, everything()) == everything()
