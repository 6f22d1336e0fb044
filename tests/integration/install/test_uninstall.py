"""infrastructure/uninstall.sh: asks first, keeps or deletes by a flag, and finds nothing the second time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from integration.install.machine import ANSWERS, OPERATOR, Machine

KEY = {"TS_AUTHKEY": "tskey-auth-x"}
UNINSTALL = "infrastructure/uninstall.sh"
Make = Callable[..., Machine]


@pytest.fixture
def machine(make: Make) -> Machine:
    """A machine that runs, with a backup's timer and a repository of restic's beside somebody's own file."""
    made = make(uid=OPERATOR)
    folder = made.folder / "backups"
    for name in ("keys", "snapshots"):
        (folder / name).mkdir(parents=True)
    for name in ("config", "keys/1", "mine.txt"):
        (folder / name).write_text("x")
    done = made.install("reliable", **KEY, **ANSWERS, BACKUP_FOLDER=str(folder))
    assert done.code == 0, done.output
    for name in ("stream-scout-backup.service", "stream-scout-backup.timer"):
        (made.folder / "etc/systemd/system" / name).write_text("[Unit]\n")
    made.set_state(units=["stream-scout-backup.timer"])
    return made


def left(machine: Machine) -> set[str]:
    """What is left of the installation."""
    state, folder = machine.state, machine.checkout
    found = {name for name in ("containers", "volumes", "images", "units") if any_of(state[name])}
    found |= {name for name in (".env", "secrets/kafka_password", "secrets/backup_key") if (folder / name).exists()}
    etc = machine.folder / "etc"
    found |= {"sysctl"} if (etc / "sysctl.d/60-stream-scout.conf").exists() else set()
    found |= {"timers"} if list((etc / "systemd/system").glob("stream-scout-*")) else set()
    return found | ({"backups"} if (machine.folder / "backups/keys/1").exists() else set())


def any_of(value: object) -> bool:
    return any(value.values()) if isinstance(value, dict) else bool(value)


def test_without_a_yes_nothing_is_touched(machine: Machine) -> None:
    before = left(machine)
    done = machine.run(UNINSTALL)
    assert (done.code, done.changed) == (1, 0)
    assert "Goes:  containers, images, timers" in done.output
    assert "Stays: the database" in done.output
    assert left(machine) == before
    assert {"containers", "timers", "sysctl", "backups"} <= before


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ((), {"volumes", ".env", "secrets/kafka_password", "secrets/backup_key", "backups"}),
        (("--delete-data",), {"secrets/backup_key", "backups"}),
        (("--delete-backups",), {"volumes", ".env", "secrets/kafka_password", "secrets/backup_key"}),
        (("--delete-data", "--delete-backups"), set()),
    ],
)
def test_what_a_flag_deletes_goes_and_nothing_else(machine: Machine, flags: tuple[str, ...], kept: set[str]) -> None:
    done = machine.run(UNINSTALL, "--yes", *flags)
    assert done.code == 0, done.output
    assert left(machine) == kept
    assert (machine.folder / "backups/mine.txt").exists(), "what is not ours"
    assert (machine.checkout / "secrets/README.md").exists()
    again = machine.run(UNINSTALL, "--yes", *flags)
    assert (again.code, again.changed) == (0, 0), again.output
    assert "There is nothing to take away." in again.output
    assert left(machine) == kept


def test_the_firewall_stays_and_its_end_is_named(machine: Machine) -> None:
    """Else the machine would be open from its next start on, and nobody had said so."""
    etc = machine.folder / "etc"
    unit, rules = etc / "systemd/system/stream-scout-firewall.service", etc / "stream-scout/firewall.nft"
    rules.parent.mkdir(exist_ok=True)
    for file in (unit, rules):
        file.write_text("kept")
    done = machine.run(UNINSTALL, "--yes")
    assert done.code == 0, done.output
    assert (unit.read_text(), rules.read_text()) == ("kept", "kept")
    assert "infrastructure/machine.sh reliable open" in done.output
    assert not (etc / "systemd/system/stream-scout-backup.timer").exists()


def test_what_was_kept_comes_back(machine: Machine) -> None:
    password = machine.secret("kafka_password")
    assert machine.run(UNINSTALL, "--yes").code == 0
    assert machine.install("reliable").code == 0
    assert machine.secret("kafka_password") == password
    assert "postgres" in machine.state["containers"]["reliable"]


def test_killed_at_each_change_it_is_gone_on_with(machine: Machine) -> None:
    machine.set_state(kill="after", seen=[])
    codes = []
    while not codes or codes[-1] != 0:
        codes.append(machine.run(UNINSTALL, "--yes", "--delete-data").code)
        assert len(codes) < 12
    assert len(codes) > 3, "it was killed some times"
    assert left(machine) == {"secrets/backup_key", "backups"}


def test_on_a_fresh_machine_there_is_nothing(make: Make) -> None:
    done = make().run(UNINSTALL, "--delete-data")
    assert (done.code, done.changed) == (0, 0), done.output


def test_a_folder_that_is_no_repository_is_left(machine: Machine) -> None:
    (machine.folder / "backups/keys/1").unlink()
    (machine.folder / "backups/keys").rmdir()
    machine.run(UNINSTALL, "--yes", "--delete-backups")
    assert Path(machine.folder / "backups/config").exists()
