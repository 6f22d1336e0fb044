"""Machine A is lost with its disk while B runs on, and comes back from its backup as it was."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from deployment.two_machines import REPOSITORY, TwoMachines

from embedded.processes.waiting import wait_for

CLIP_SECONDS = 120
RESTORE_SECONDS = 600
CATCH_UP_SECONDS = 120
USER = 10001
NIGHTLY = {"backups"}  # as old as the night's backup: none holds that it was made itself
# What was there when A was lost, with what each table had: `lost_at` in seconds since 1970.
STATE = """
SELECT
    (SELECT concat_ws(' ', count(*), sum(hashtextextended(concat_ws('|', moment_id, revision_number, document, grade,
        verdict_steps), 0)::numeric)) FROM moments WHERE crossed_at < to_timestamp(%(lost_at)s)),
    (SELECT concat_ws(' ', count(*), sum(hashtextextended(concat_ws('|', moment_id, revision_number, status, clip_id,
        url), 0)::numeric)) FROM clips WHERE crossed_at < to_timestamp(%(lost_at)s)),
    (SELECT concat_ws(' ', count(*), sum(hashtextextended(c::text, 0)::numeric)) FROM chat_counts AS c
        WHERE minute_at < to_timestamp(%(lost_at)s) - interval '2 minutes'),
    (SELECT count(*) FROM channels), (SELECT count(*) FROM streams WHERE started_at < to_timestamp(%(lost_at)s)),
    (SELECT string_agg(channel_id, ' ') FROM opted_out),
    (SELECT string_agg(concat(moment_id, verdict), ' ' ORDER BY visitor) FROM voices)
"""
COUNTS = (
    "SELECT format('SELECT %L, count(*) FROM %I', relname, relname) FROM pg_class"
    + """
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
    AND relname NOT LIKE '%yoyo%' ORDER BY relname"""
)


@pytest.fixture
def second_place(tmp_path: Path) -> Path:
    """The folder that backups go to."""
    folder = tmp_path / "second place"
    folder.mkdir()
    os.chown(folder, USER, USER)
    return folder


def typed(machines: TwoMachines, statement: str) -> str:
    """Run a statement in A's database as the owner."""
    return machines.a.run("exec", "-T", "postgres", "psql", "-U", "owner", "-d", "stream_scout", "-qtAc", statement)


def script(machines: TwoMachines, name: str, *words: str, **variables: str) -> str:
    """Run a script of infrastructure/ on A; return what it printed."""
    settings = {
        "COMPOSE_PROJECT_NAME": machines.a.project,
        "COMPOSE_ENV_FILES": str(machines.a.directory / f"{machines.a.project}.env"),
        "BACKUP_SAME_DISK": "accepted",
        "STREAM_SCOUT_VERSION": "test",
        "SYSTEMD_UNITS": "/nowhere",  # no timers here
        **variables,
    }
    command = [str(REPOSITORY / "infrastructure" / name), *words]
    done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    return done.stdout


def counts(machines: TwoMachines) -> dict[str, int]:
    """Count the rows of each table."""
    found = typed(machines, " UNION ALL ".join(typed(machines, COUNTS).splitlines()))
    return {name: int(count) for name, count in (line.split("|") for line in found.splitlines())}


def clips_made(machines: TwoMachines) -> int:
    """Count the clips that Twitch has."""
    return int(machines.twitch.http.get("/control/state").json()["counters"]["clips_made"])


def clips_known(machines: TwoMachines) -> int:
    """Count the clips that the site has."""
    return int(typed(machines, "SELECT count(*) FROM clips WHERE status = 'made'"))


def bare(machines: TwoMachines, folder: Path) -> dict[str, str]:
    """A new machine: the key of the sheet, and nothing else."""
    secrets = folder / "secrets"
    secrets.mkdir(parents=True)
    shutil.copy(machines.a.directory / "secrets" / "backup_key", secrets)
    return {
        "SECRETS_DIRECTORY": str(secrets),
        "COMPOSE_ENV_FILES": str(folder / "env"),
        "BACKUP_STATE": str(folder / "state"),
        "RESTORE_BUILD": "no",
    }


def test_it_comes_back_as_it_was(machines: TwoMachines, second_place: Path, tmp_path: Path) -> None:
    target = {"BACKUP_FOLDER": str(second_place), "BACKUP_STATE": str(tmp_path / "state")}
    first = machines.clip_of_a_burst(CLIP_SECONDS)["id"]
    script(machines, "backup.sh", "reliable", "setup", **target)
    second = machines.clip_of_a_burst(CLIP_SECONDS)["id"]  # Kafka has it, and clips are a ledger
    for visitor in ("01", "02", "03"):
        give = f"SELECT give_voice('{second}', decode(repeat('{visitor}', 16), 'hex'), 'good', false, true, 10)"
        typed(machines, give)
    typed(machines, "SELECT opt_out_channel('77', 'gone')")
    script(machines, "backup.sh", "reliable", "typed", **target)
    closed = f"SELECT count(*) FILTER (WHERE moment_id IN ('{first}', '{second}')), count(*) FROM moments"
    is_open = f"{closed} WHERE revision_number < 3"
    wait_for("all moments are over", lambda: typed(machines, is_open).strip() == "0|0", CATCH_UP_SECONDS, 2)
    query = STATE % {"lost_at": int(time.time())}
    before, rows = typed(machines, query), counts(machines)
    unknown = clips_made(machines) - clips_known(machines)

    machines.a.run("kill")
    machines.a.run("--profile", "*", "down", "--volumes", "--timeout", "1")
    login = machines.unused.pop()
    machines.twitch.burst(login)  # while there is no A
    time.sleep(30)  # until B has found it, and the recorder waits

    started = time.monotonic()
    variables = {"BACKUP_FOLDER": str(second_place), **bare(machines, tmp_path / "bare")}
    assert "the site is back" in script(machines, "restore.sh", **variables)
    seconds = time.monotonic() - started
    print(f"restored in {seconds:.0f} s")
    assert seconds < RESTORE_SECONDS
    assert machines.page.http.get("/").status_code == 200
    wait_for("what the backup lacks", lambda: typed(machines, query) == before, CATCH_UP_SECONDS, 2)
    meanwhile = machines.page.wait_for_moment(login, lambda each: (each["clip"] or {}).get("status") == "made", 120)
    assert typed(machines, f"SELECT count(*) FROM clips WHERE moment_id = '{meanwhile['id']}'").strip() == "1"
    assert clips_made(machines) - clips_known(machines) == unknown, "no moment was clipped twice"
    fewer = {name: (count, counts(machines)[name]) for name, count in rows.items() if counts(machines)[name] < count}
    print(f"tables with fewer rows than before: {fewer}")
    assert fewer.keys() <= NIGHTLY
    assert "the database lacks records" in machines.b.run("logs", "recorder")
    assert typed(machines, "SELECT count(*) FROM restores").strip() == "1"
    restored = (tmp_path / "bare" / "secrets" / "chatter_key").read_text()
    assert restored == machines.a.secret("chatter_key")
    machines.a.up_again()
    assert typed(machines, query) == before


def test_the_trial_of_a_restore_fits_the_machine(machines: TwoMachines, second_place: Path, tmp_path: Path) -> None:
    target = {"BACKUP_FOLDER": str(second_place), "BACKUP_STATE": str(tmp_path / "state")}
    script(machines, "backup.sh", "reliable", "setup", **target)
    assert "every count is right" in script(machines, "backup.sh", "reliable", "check", **target)
    wait_for("the watcher says how old", lambda: age(machines) < 600, 60, 2)
    script(machines, "backup.sh", "reliable", "hold", "true", **target)


def age(machines: TwoMachines) -> float:
    """Return the metric that the alert looks at."""
    page = machines.page.http.get(f"http://{machines.page.http.base_url.host}:9103/metrics").text
    ages = [line.split()[1] for line in page.splitlines() if line.startswith('backup_age_seconds{kind="full"}')]
    return float(ages[0]) if ages else float("inf")


def test_machine_b_stores_its_files(machines: TwoMachines, second_place: Path, tmp_path: Path) -> None:
    variables = {
        "BACKUP_FOLDER": str(second_place),
        "BACKUP_STATE": str(tmp_path / "state"),
        "COMPOSE_PROJECT_NAME": machines.b.project,
        "COMPOSE_ENV_FILES": str(machines.b.directory / f"{machines.b.project}.env"),
    }
    assert "processing: the backup of" in script(machines, "backup.sh", "processing", "setup", **variables)
    assert "processing" in script(machines, "backup.sh", "processing", "list", **variables)
    noted = typed(machines, "SELECT good_at IS NOT NULL, problem FROM backups WHERE kind = 'processing'")
    assert noted.strip() == "t|"
