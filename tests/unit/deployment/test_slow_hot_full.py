"""The rows for slow, hot and full: their commands parse, name programs that are there, and answer where they are."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .manual import REPOSITORY, shell_problem, text, unknown_services
from .test_operations import section

SECTION = section("Slow, hot, full")
ROWS = [row.strip("| ").split(" | ") for row in SECTION.replace(r"\|", "¦").splitlines() if row.startswith("| ")][1:]
COMMANDS = [command.replace("¦", "|") for row in ROWS for command in re.findall(r"`([^`]+)`", row[1])]
# Where each program comes from, so that a row never names one that is nowhere; `None`: every Debian has it.
PROGRAMS = {
    "make": "make", "docker": "docker.io", "vcgencmd": "raspi-utils", "python3": "python3", "cat": None, "df": None,
    "free": "procps",
}  # fmt: skip
ASKED = ("pg_amcheck", "docker stats", "vcgencmd")  # by the issue
MINIMAL = {"free": "free -m", "df": "df -h"}
AMCHECK = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_amcheck"))), None)


def test_all_three_have_rows_with_the_commands_that_were_asked_for() -> None:
    kinds = {re.split(r"[ ,]", row[0])[0] for row in ROWS}
    assert kinds == {"slow", "hot", "full"}
    for each in ASKED:
        assert any(each in command for command in COMMANDS)
    assert all(row[2] for row in ROWS), "each says what follows from the answer"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_valid_and_its_program_exists(command: str) -> None:
    assert not shell_problem(command)
    assert shlex.split(command)[0] in PROGRAMS
    if "docker compose" in command:
        assert not unknown_services(command)


@pytest.mark.parametrize("command", [each for each in COMMANDS if shlex.split(each)[0] in MINIMAL])
def test_what_every_machine_has_answers(command: str) -> None:
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_alerts_and_files_that_are_named_exist() -> None:
    alerts = set(
        re.findall(r"alert: (\w+)", "".join(p.read_text() for p in REPOSITORY.glob("configs/prometheus/*.yml")))
    )
    named = {word for row in ROWS for word in re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", row[2])}
    assert {"UnderVoltage", "MachineHot", "DiskFull", "SlowDisk", "MemoryNearLimit"} <= named
    assert named <= alerts
    for script in re.findall(r"python3 (\S+)", " ".join(COMMANDS)):
        assert (REPOSITORY / script).is_file()


def test_vcgencmds_words_are_those_that_machine_health_reads() -> None:
    words = set(re.findall(r"vcgencmd (\w+)", text("OPERATIONS.md")))
    assert words == {"get_throttled", "measure_temp", "measure_clock"}
    assert '"get_throttled"' in text("tools/machine_health/machine.py")


@pytest.fixture
def database() -> Iterator[str]:
    """The socket's folder of a Postgres of Debian's, with a table and an index."""
    assert AMCHECK
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folder is closed to the user postgres
        data = Path(folder, "data")
        data.mkdir()
        shutil.chown(folder, "postgres")
        shutil.chown(data, "postgres")
        as_postgres(AMCHECK.with_name("initdb"), "-D", data, "-A", "trust", "--no-sync")
        options = f"-k {data} -c listen_addresses= -c fsync=off"
        as_postgres(AMCHECK.with_name("pg_ctl"), "-D", data, "-o", options, "-w", "-l", data / "log", "start")
        try:
            psql(data, "CREATE TABLE t AS SELECT generate_series(1, 5000) AS n; CREATE INDEX t_n ON t (n);")
            yield str(data)
        finally:
            as_postgres(AMCHECK.with_name("pg_ctl"), "-D", data, "-m", "immediate", "stop")


def as_postgres(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["runuser", "-u", "postgres", "--", *map(str, words)], text=True, capture_output=True, check=False
    )


def psql(data: Path | str, statement: str) -> None:
    done = as_postgres("psql", "-h", data, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", statement)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(AMCHECK is None or os.geteuid() != 0, reason="apt-get install postgresql, and root")
def test_pg_amcheck_is_silent_on_a_sound_database_and_finds_what_is_lost(database: str) -> None:
    (typed,) = {each for each in COMMANDS if "pg_amcheck" in each}
    words = shlex.split(typed)
    options = [word for word in words[words.index("pg_amcheck") + 1 :] if word.startswith("--")]
    ask = [AMCHECK, "-h", database, "-d", "postgres", *options]
    sound = as_postgres(*ask)
    assert (sound.returncode, sound.stdout) == (0, ""), sound.stderr
    # A row that the heap has and the index has not: what an unlucky power cut leaves.
    psql(database, "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indexrelid = 't_n'::regclass")
    psql(database, "INSERT INTO t VALUES (7)")
    psql(database, "UPDATE pg_index SET indisready = true, indisvalid = true WHERE indexrelid = 't_n'::regclass")
    broken = as_postgres(*ask)
    assert broken.returncode == 2
    assert "t_n" in broken.stdout
