"""The power goes at each change that an installation makes; what is left is always gone on with."""

import random
import time
from collections.abc import Callable

import pytest
from integration.install.machine import ANSWERS, OPERATOR, Machine
from integration.install.test_join import ended, invite

KEY = {"TS_AUTHKEY": "tskey-auth-x"}
MOST_LIVES = 20
TIMED_KILLS = 8
Make = Callable[..., Machine]


def passwords(machine: Machine) -> dict[str, str]:
    """The secrets that are made, as far as they are."""
    folder = machine.checkout / "secrets"
    return {file.name: text for file in folder.glob("*") if file.is_file() and (text := file.read_text())}


def lives(machine: Machine, role: str, kind: str, **variables: str) -> int:
    """Install again and again, while the power goes once at each change; return how often it went."""
    known: dict[str, str] = {}
    machine.set_state(kill=kind, seen=[])
    for life in range(MOST_LIVES):
        done = machine.install(role, **variables)
        now = passwords(machine)
        assert {name: now.get(name) for name in known} == known, "a password that is made stays"
        known = now
        if done.code in (0, 1, 2):
            assert done.code == 0, done.output
            machine.set_state(kill="")
            return life
    raise AssertionError("it makes no progress")


def is_like(machine: Machine, other: Machine) -> None:
    """Check that two machines are installed alike."""
    for key in ("packages", "containers", "images", "volumes", "tags", "docker_runs", "tailscale_is_up"):
        assert machine.state[key] == other.state[key], key
    assert machine.dotenv == other.dotenv
    assert set(passwords(machine)) == set(passwords(other))
    for file in ("apt/sources.list.d/docker.list", "apt/keyrings/docker.asc", "sysctl.d/60-stream-scout.conf"):
        mine, theirs = machine.folder / "etc" / file, other.folder / "etc" / file
        assert mine.exists() == theirs.exists()
        assert not mine.exists() or mine.read_text() == theirs.read_text()


@pytest.mark.parametrize("kind", ["after", "before", "middle"])
def test_machine_a_killed_at_each_change(make: Make, kind: str) -> None:
    undisturbed = make(system="debian-12", uid=OPERATOR)
    assert undisturbed.install("reliable", **KEY, **ANSWERS).code == 0
    machine = make(system="debian-12", uid=OPERATOR)
    killed = lives(machine, "reliable", kind, **KEY, **ANSWERS)
    assert killed >= (3 if kind == "middle" else 8)
    is_like(machine, undisturbed)
    assert machine.install("reliable", **KEY, **ANSWERS).changed == 0


@pytest.mark.parametrize("kind", ["after", "before"])
def test_machine_b_killed_at_each_change(make: Make, kind: str) -> None:
    a, b = make("A"), make("B", system="debian-12", uid=OPERATOR)
    assert a.install("reliable", **KEY, **ANSWERS).code == 0
    waiting, line = invite(a)
    killed = lives(b, "processing", kind, **KEY, JOIN_LINE=line)
    assert killed >= 5
    assert ended(waiting).code == 0
    assert b.secret("kafka_password") == a.secret("kafka_password")
    assert b.install("processing", JOIN_LINE=line).changed == 0


def test_machine_a_killed_at_any_time(make: Make) -> None:
    """Also between two changes: while secrets are made, and files written."""
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    machine = make(uid=OPERATOR)
    known: dict[str, str] = {}
    for _ in range(TIMED_KILLS):
        process = machine.start("infrastructure/install.sh", "reliable", **KEY, **ANSWERS)
        time.sleep(chance.uniform(0.1, 4))
        process.kill()
        process.wait()
        now = passwords(machine)
        assert {name: now.get(name) for name in known} == known, f"seed {seed}"
        known = now
    done = machine.install("reliable", **KEY, **ANSWERS)
    assert done.code == 0, f"seed {seed}: {done.output}"
    assert machine.install("reliable", **KEY, **ANSWERS).changed == 0, f"seed {seed}"
