"""What is wrong with a target, a key or a backup is said in one line, noted for the alerts, and replaces nothing."""

import os
import subprocess
from pathlib import Path

import pytest
from integration.backup.conftest import fill
from integration.support.backup_world import World

SMALL = "size=24m"


def refused(world: World, command: str, *words: str, **variables: str) -> None:
    """A backup fails, says so in one line of its own, and notes it for the alerts."""
    done = world.backup(command, **variables)
    assert done.returncode == 1, done.stdout
    last = done.stderr.strip().splitlines()[-1]
    assert all(word in last for word in words), done.stderr
    if command != "setup":
        _, problem = world.noted(command)
        assert all(word in problem for word in words), problem


def test_a_wrong_key(world: World, channel: str) -> None:
    world.good()
    (world.secrets / "backup_key").write_text("another")
    refused(world, "full", "the key in secrets/backup_key does not open")
    done = world.restore()
    assert done.returncode == 1
    assert "the key in secrets/backup_key does not open" in done.stderr
    assert "Nothing was replaced." in done.stderr
    assert world.query("SELECT count(*) FROM restores") == [(0,)]


def test_a_target_that_is_away(world: World) -> None:
    world.good()
    world.target.rename(world.folder / "unplugged")
    refused(world, "full", "is no folder: is its disk mounted?", BACKUP_SAME_DISK="")
    refused(world, "full", "there is no repository", "or it is away")
    world.query("INSERT INTO reports (moment_id, reason) VALUES ('m', 'words')")
    refused(world, "typed", "or it is away")
    assert world.noted("full")[0], "the last good one is known"
    (world.folder / "unplugged").rename(world.target)
    world.good()
    assert world.noted("full") == (True, "")
    assert world.noted("typed") == (True, "")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: needs root")
def test_a_target_that_is_full(world: World, channel: str) -> None:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", world.target], check=False)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        world.setup()
        filler = world.target / "filler"
        subprocess.run(["dd", "if=/dev/urandom", f"of={filler}", "bs=1M"], capture_output=True, check=False)
        fill(world, 300)
        world.query("INSERT INTO reports (moment_id, reason) VALUES ('m', 'words')")
        refused(world, "full", "is full")
        refused(world, "typed", "is full")
        filler.unlink()
        world.good()
        assert "every count is right" in world.good("check")
    finally:
        subprocess.run(["umount", world.target], check=True)


def packs(world: World) -> list[Path]:
    """The files with the data, the largest first."""
    return sorted((world.target / "data").rglob("*/*"), key=lambda each: each.stat().st_size, reverse=True)


def test_a_truncated_backup(world: World, channel: str) -> None:
    world.good()
    before = world.query("SELECT count(*) FROM moments")
    pack = packs(world)[0]
    os.truncate(pack, pack.stat().st_size // 2)
    refused(world, "check", "damaged")
    done = world.restore()
    assert done.returncode == 1
    assert "Nothing was replaced." in done.stderr
    assert world.query("SELECT count(*) FROM moments") == before
    assert world.query("SELECT count(*) FROM restores") == [(0,)]


def with_pg_dump(world: World, rest: str) -> Path:
    """Let the world have a pg_dump that is called with `rest`; return the folder of the real programs."""
    programs, real = world.folder / "programs", world.programs
    programs.mkdir()
    for each in real.iterdir():
        if each.name != "pg_dump":
            (programs / each.name).symlink_to(each)
    (programs / "pg_dump").write_text(f"#!/bin/sh\n{real}/pg_dump {rest}\n")
    (programs / "pg_dump").chmod(0o755)
    world.programs = programs
    return real


def test_a_dump_that_was_cut_off_is_never_restored(world: World, channel: str) -> None:
    """pg_dump dies in the middle: restic has a snapshot all the same, and it does not count."""
    world.good()
    wanted = world.good("list")
    real = with_pg_dump(world, '"$@" | head -c 20000; echo "it died" >&2; exit 1')
    refused(world, "full", "the database was not dumped")
    world.programs = real
    assert world.good("list") == wanted
    assert "the site is back" in world.restored()


def test_the_trial_finds_what_is_missing(world: World, channel: str) -> None:
    """What is restored has to be what was counted: here a table is counted that the dump leaves out."""
    real = with_pg_dump(world, '--exclude-table-data=clips "$@"')
    world.good()
    world.programs = real
    refused(world, "check", "differs", "clips 200", "clips 0")
    done = world.restore()
    assert done.returncode == 1
    assert "differs from what was stored" in done.stderr


def test_nothing_runs_while_something_is_held(world: World) -> None:
    """deploy.sh exchanges the websites in `hold`: no restic takes memory meanwhile."""
    mark = world.folder / "mark"
    done = world.run(
        "backup.sh", "reliable", "hold", "sh", "-c", f"flock -n {world.state}/typed.lock true || echo held > {mark}"
    )
    assert done.returncode == 0, done.stderr
    assert mark.read_text() == "held\n"
