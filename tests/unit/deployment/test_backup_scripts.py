"""What backup.sh refuses and sets up, with the system's programs replaced; and that no table is forgotten."""

import importlib.util
import os
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from .manual import REPOSITORY, text

BACKUP = REPOSITORY / "infrastructure" / "backup.sh"
LIB = REPOSITORY / "infrastructure" / "backup" / "lib.sh"
# Tables that a lost database gets back from elsewhere, or that a day-old copy is enough of.
FROM_KAFKA = {
    "channels", "streams", "coverage", "notices", "moments", "chat_counts", "pipeline_progress", "dead_letters",
    "former_logins", "emotes", "emote_minutes", "emote_days", "emote_rollups", "recorder_positions",
    "stream_recaps", "stream_changes", "stream_viewers", "viewer_clips",
    "viewer_places", "self_scores", "self_score_days",
}  # fmt: skip
FROM_ELSEWHERE = {
    "watched_channels": "the chooser's, chosen anew",
    "emote_versions": "the store on B publishes what is missing",
    "emote_catalogues": "the store on B publishes what is missing",
    "emote_stores": "says up to where the store is copied",
    "emote_interest": "matters for seconds",
    "discord_streams": "the bot's polls",
    "discord_viewers": "the bot's polls, and statistics of yesterday",
    "discord_lease": "matters for seconds",
    "discord_places": "the bot writes them as it connects",
    "web_sessions": "whoever was signed in with Discord signs in once more",
    "twitch_sessions": "whoever was signed in with Twitch signs in once more",
    "channel_editors": "Twitch is asked again",
    "discord_stale": "matters for seconds",
    "pauses": "matters for minutes",
    "uptime": "what is lost of it is unknown, and the page says so",
    "restores": "written by restore.sh",
    "backups": "how backups went",
}


def vault() -> ModuleType:
    """infrastructure/images/vault.py as a module."""
    spec = importlib.util.spec_from_file_location("vault", REPOSITORY / "infrastructure" / "images" / "vault.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_table_is_typed_or_comes_from_elsewhere() -> None:
    migrations = sorted((REPOSITORY / "infrastructure/postgres/migrations").glob("*.sql"))
    made = set(
        re.findall(
            r"^CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)",
            "".join(map(Path.read_text, migrations)),
            re.MULTILINE,
        )
    )
    typed = set(re.findall(r"^    \(\d+, '(\w+)'", text("infrastructure/backup/typed_tables.sql"), re.MULTILINE))
    assert made == typed | FROM_KAFKA | set(FROM_ELSEWHERE), "a new table: is it of the five-minute class?"
    assert not typed & (FROM_KAFKA | set(FROM_ELSEWHERE))


class System:
    """A PATH whose docker, findmnt, lsblk and systemctl say what the test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.data, self.target = folder / "data", folder / "target"
        for each in (self.bin, self.data, self.target):
            each.mkdir()
        self.program("docker", f'[ "$1" = info ] && echo {self.data}; exit 0')
        self.program("stat", "case $3 in *target) echo 7 ;; *) echo 6 ;; esac")  # other file systems
        self.disks("/dev/sda1", "/dev/sdb1")

    def program(self, name: str, script: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.bin / name).chmod(0o755)

    def disks(self, of_data: str, of_target: str) -> None:
        self.program("findmnt", f"case $4 in *target) echo {of_target} ;; *) echo {of_data} ;; esac")
        self.program("lsblk", 'name=${3#/dev/}; echo "$name part"; echo "$(echo $name | tr -d 0-9) disk"')

    def check(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Ask whether the target is a second place."""
        return self.bash(f"role=reliable; . {LIB}; check_second_place", **variables)

    def bash(self, script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{self.bin}:{os.environ['PATH']}", "COMPOSE_ENV_FILES": str(self.folder / "env")}
        environment |= {"BACKUP_STATE": str(self.folder / "state"), "HOME": str(self.folder)}
        return subprocess.run(
            ["bash", "-c", script],
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_a_folder_on_another_disk_is_a_second_place(system: System) -> None:
    done = system.check(BACKUP_FOLDER=str(system.target))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_another_partition_of_the_same_disk_is_not(system: System) -> None:
    system.disks("/dev/sda1", "/dev/sda2")
    done = system.check(BACKUP_FOLDER=str(system.target))
    assert done.returncode == 1
    assert "is on the same disk as the data" in done.stderr


def test_the_datas_own_file_system_is_not(system: System) -> None:
    (system.bin / "stat").unlink()
    done = system.check(BACKUP_FOLDER=str(system.target))
    assert done.returncode == 1
    assert "is on the file system of the data itself" in done.stderr
    assert system.check(BACKUP_FOLDER=str(system.target), BACKUP_SAME_DISK="accepted").returncode == 0


def test_it_warns_where_the_system_does_not_say(system: System) -> None:
    system.program("findmnt", "echo overlay")
    done = system.check(BACKUP_FOLDER=str(system.target))
    assert done.returncode == 0
    assert "cannot be told" in done.stdout


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({}, "no target is set"),
        ({"BACKUP_FOLDER": "/nowhere/at/all"}, "is no folder: is its disk mounted?"),
        ({"BACKUP_FOLDER": "backups"}, "write the whole path"),
        ({"BACKUP_FOLDER": "/a", "BACKUP_REPOSITORY": "s3:x"}, "not both"),
        ({"BACKUP_REPOSITORY": "/mnt/disk"}, "that is BACKUP_FOLDER"),
        ({"BACKUP_REPOSITORY": "sftp:me@127.0.0.1:/b"}, "is this machine"),
        ({"BACKUP_REPOSITORY": "s3:http://localhost:9000/b"}, "is this machine"),
    ],
)
def test_what_is_no_second_place(system: System, variables: dict[str, str], says: str) -> None:
    done = system.check(**variables)
    assert done.returncode == 1
    assert says in done.stderr


def test_without_a_target_nothing_is_noted(system: System) -> None:
    """Who has set up no backups gets no alert of a failed one."""
    system.program("docker", f"echo ran >> {system.folder}/ran")
    done = system.bash(f"{BACKUP} reliable")
    assert done.returncode == 1
    assert "no target is set" in done.stderr
    assert not (system.folder / "ran").exists()


def test_a_place_elsewhere_needs_no_disk(system: System) -> None:
    assert system.check(BACKUP_REPOSITORY="sftp:me@backup.example.org:/b").returncode == 0


def test_the_target_is_read_from_env(system: System) -> None:
    (system.folder / "env").write_text(f'BACKUP_FOLDER="{system.target}"  # a disk\n')
    assert system.check().returncode == 0


@pytest.mark.parametrize(("refusals", "tries", "code"), [(2, 3, 0), (9, 7, 1)])
def test_it_waits_for_another_run(system: System, refusals: int, tries: int, code: int) -> None:
    tried = system.folder / "tried"
    system.program(
        "docker",
        f'echo x >> {tried}; [ "$(wc -l < {tried})" -gt {refusals} ] ||'
        ' { echo "vault: another backup has /target locked; it lets go" >&2; exit 1; }',
    )
    done = system.bash(f"role=reliable; . {LIB}; mkdir -p $state; patiently vault tidy", BACKUP_PAUSE="0")
    assert (done.returncode, len(tried.read_text().split())) == (code, tries)


def test_other_troubles_are_not_waited_for(system: System) -> None:
    tried = system.folder / "tried"
    system.program("docker", f'echo x >> {tried}; echo "vault: /target is full" >&2; exit 1')
    done = system.bash(f"role=reliable; . {LIB}; mkdir -p $state; patiently vault tidy", BACKUP_PAUSE="0")
    assert (done.returncode, tried.read_text()) == (1, "x\n")


def test_systemd_makes_the_backups(system: System, tmp_path: Path) -> None:
    units = tmp_path / "units"
    units.mkdir()
    system.program("systemctl", f'echo "$@" >> {tmp_path}/told')
    system.program("sudo", 'shift; exec "$@"')
    script = f'role=reliable; . {LIB}; . "$parts/timers.sh"'
    done = system.bash(script, SYSTEMD_UNITS=str(units))
    assert done.returncode == 0, done.stderr
    timers = {each.stem: each.read_text() for each in units.glob("*.timer")}
    assert "OnCalendar=*-*-* 03:00:00" in timers["stream-scout-backup"]
    assert "OnCalendar=*:0/4" in timers["stream-scout-typed"], "five minutes, less the time of a run"
    assert "OnCalendar=Sun 04:30" in timers["stream-scout-restore-check"]
    for name in timers:
        assert f"ExecStart={BACKUP} reliable " in (units / f"{name}.service").read_text()
    assert "enable --now" in (tmp_path / "told").read_text()


def test_without_systemd_cron_is_named(system: System) -> None:
    done = system.bash(f'role=processing; . {LIB}; . "$parts/timers.sh"', SYSTEMD_UNITS="/nowhere")
    assert f"0 3 * * * {BACKUP} processing full" in done.stdout
    assert "typed" not in done.stdout


def test_it_says_what_it_can_do() -> None:
    done = subprocess.run([BACKUP], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert all(command in done.stderr for command in ("full", "typed", "check", "setup", "list", "sheet", "hold"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Fatal: wrong password or no key found", "does not open"),
        ("Fatal: unable to open config file: Stat: stat /target/config: no such file", "or it is away"),
        ("Save(<data/1>) returned error: write: no space left on device", "is full"),
        ("subprocess ssh: ssh: connect to host b port 22: Connection refused", "does not answer"),
        ("Host key verification failed.", "does not answer"),
        ("unable to start the sftp session, error: read |0: file already closed", "does not answer"),
        ("Fatal: unable to create lock in backend: repository is already locked by PID 7", "locked"),
        ("ciphertext verification failed", "damaged"),
        ("mkdir /target/data: permission denied", "may not be written to"),
        ("an error that nobody has seen", "restic failed"),
    ],
)
def test_what_restic_says_is_said_for_people(said: str, meant: str) -> None:
    assert meant in vault().meaning(said)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("2026-11-29", "2026-11-29T23:59:59+00:00"),
        ("2026-11-29 03:00", "2026-11-29T03:00:00+00:00"),
        ("2026-11-29T05:00+02:00", "2026-11-29T05:00:00+02:00"),
    ],
)
def test_a_time_is_utc_and_a_day_is_its_end(asked: str, read: str) -> None:
    assert vault().at_time(asked).isoformat() == read


def test_what_is_no_time_says_how_to_write_one() -> None:
    module = vault()
    with pytest.raises(module.VaultError, match="write 2026-11-29"):
        module.at_time("yesterday")
