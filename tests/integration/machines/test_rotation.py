"""rotate.sh on a real Postgres and restic: the new secret is taken and the old one is not, wherever it is killed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from integration.support.backup_world import NEEDS_RESTIC
from integration.support.rotating_machines import RUNNING, SCRIPT, Machines

from embedded.paths import REPOSITORY
from service_runtime.shared_secrets import is_of

ROLES = (
    "owner", "api_frontend", "recorder", "stream_monitoring", "chooser", "watcher", "status", "emote_counter",
    "discord_bot", "backup", "exporter",
)  # fmt: skip
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="secrets.sh would ask for sudo's password")


@pytest.fixture(scope="module")
def both_machines() -> Iterator[Machines]:
    """Both machines with the same secrets."""
    made = Machines()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def machines(both_machines: Machines) -> Machines:
    """The machines, with nothing ordered and nothing left unfinished."""
    for machine in "AB":
        both_machines.orders(machine)
        shutil.rmtree(both_machines.state(machine) / "unfinished", ignore_errors=True)
    (both_machines.state("A") / "websites").unlink(missing_ok=True)
    return both_machines


def password(role: str) -> str:
    return f"postgres_{role}_password"


def test_a_new_database_password_is_taken_and_the_old_one_refused(machines: Machines) -> None:
    old = machines.secret(password("watcher"))
    printed = machines.good(password("watcher"))
    new = machines.secret(password("watcher"))
    assert (len(new), new == old) == (40, False)
    assert machines.takes("watcher", new)
    assert not machines.takes("watcher", old)
    assert not list((machines.state("A") / "unfinished").iterdir())
    assert new not in printed
    assert old not in printed


def test_who_uses_it_is_started_again_and_nobody_else(machines: Machines) -> None:
    machines.good(password("watcher"))
    assert machines.orders()[1:] == ["restart watcher"], "the first tells Postgres"
    machines.good("redis_password")
    assert [order.split()[0] for order in machines.orders()] == ["restart", "up", "stop", "rm"]
    machines.good("discord_token", typed="  a-new-token\n")
    assert machines.orders() == [], "it does not run here"
    assert machines.secret("discord_token") == "a-new-token"


def test_the_website_is_exchanged_beside_the_old_one(machines: Machines) -> None:
    machines.good(password("api_frontend"))
    told, beside, *away = machines.orders()
    assert told.startswith("run ")
    assert beside == "up -d --no-build --no-deps --no-recreate --scale api-frontend=2 api-frontend"
    assert away == ["stop --time 10 web1", "rm web1"]
    assert (machines.state("A") / "websites").read_text() == "web2"


@pytest.mark.parametrize("killed_at", ["run ", "restart watcher"])
def test_killed_it_goes_on_with_the_same_value(machines: Machines, killed_at: str) -> None:
    old = machines.secret(password("watcher"))
    assert machines.run(password("watcher"), KILL_AT=killed_at).returncode == -9
    begun = machines.secret(password("watcher"))
    assert "going on where the last run was ended" in machines.good(password("watcher"))
    assert machines.secret(password("watcher")) == begun != old
    assert machines.takes("watcher", begun)
    assert not machines.takes("watcher", old)


def test_killed_between_value_and_file_it_goes_on(machines: Machines) -> None:
    """As a power cut leaves it: the file is empty, and the value lies ready."""
    unfinished = machines.state("A") / "unfinished"
    unfinished.mkdir()
    (unfinished / password("watcher")).write_text("n" * 40)
    (machines.secrets["A"] / password("watcher")).write_text("")
    machines.good("redis_password")  # another one finishes it first
    assert machines.secret(password("watcher")) == "n" * 40
    assert machines.takes("watcher", "n" * 40)


def test_a_kill_between_any_two_secrets_leaves_no_mixture(machines: Machines) -> None:
    assert machines.run("all", KILL_AT="restart stream-monitoring-standby").returncode == -9
    machines.good("all")
    for role in ROLES:
        assert machines.takes(role, machines.secret(password(role))), role


def visitor_key(machines: Machines) -> str:
    with psycopg.connect(machines.world.server.socket_address()) as connection:
        (key,) = connection.execute("SELECT key FROM visitor_key").fetchone() or ("",)
    return str(key)


def test_all_of_ours_are_new(machines: Machines) -> None:
    before = {file.name: file.read_text() for file in machines.secrets["A"].iterdir() if file.is_file()}
    visitors = visitor_key(machines)
    printed = machines.good("all")
    for role in ROLES:
        assert machines.takes(role, machines.secret(password(role))), role
        assert not machines.takes(role, before[password(role)]), role
    for name, old in before.items():
        made_anew = bool(old) and name not in ("grafana_password", "discord_token", "webhook_url")
        assert (machines.secret(name) != old) is made_anew, name
        assert not old or old not in printed
    assert visitor_key(machines) != visitors
    for name in ("kafka_password", "chatter_key", password("recorder")):
        assert f"ssh A 'stream-scout/infrastructure/rotate.sh print {name}' | ssh B" in printed


def test_the_superusers_is_new_too(machines: Machines) -> None:
    """It is asked for over no network, so its verifier is looked at."""
    ask = "SELECT rolpassword FROM pg_authid WHERE rolname = current_user"
    with psycopg.connect(machines.world.server.socket_address()) as connection:
        before = connection.execute(ask).fetchall()
        machines.good("postgres_password")
        assert connection.execute(ask).fetchall() != before
    assert machines.secret("postgres_password") not in (machines.world.folder / "pg" / "postgres.log").read_text()


def test_from_the_operators_computer_both_get_the_same(machines: Machines) -> None:
    both = {"ROTATE_A": "A", "ROTATE_B": "B", "CHECKOUT": str(REPOSITORY)}
    for name, checked in (("kafka_password", "kafka"), (password("recorder"), ""), ("chatter_key", "")):
        old = machines.secret(name)
        machines.good(name, **both)
        assert machines.secret(name, "A") == machines.secret(name, "B") != old
        orders = machines.orders("B")
        assert not checked or f"exec -T {checked} bash /opt/stream-scout/kafka/set_password.sh" in orders
    assert machines.takes("recorder", machines.secret(password("recorder"), "B"))
    with psycopg.connect(
        machines.world.server.address("recorder"), password=machines.secret(password("recorder"))
    ) as told:
        for name in ("kafka_password", "chatter_key"):
            (known,) = told.execute(f"SELECT current_setting('fingerprint.{name}')").fetchone() or ("",)
            assert is_of(known, machines.secret(name).encode()), "B's preflight would call it wrong"


@pytest.mark.parametrize("killed_at", ["run ", "restart recorder"])
def test_killed_anywhere_both_get_the_same_at_last(machines: Machines, killed_at: str) -> None:
    both = {"ROTATE_A": "A", "ROTATE_B": "B", "CHECKOUT": str(REPOSITORY)}
    old = machines.secret(password("recorder"))
    assert machines.run(password("recorder"), KILL_AT=killed_at, **both).returncode == -9
    machines.good(password("recorder"), **both)
    assert machines.secret(password("recorder"), "A") == machines.secret(password("recorder"), "B") != old
    assert machines.takes("recorder", machines.secret(password("recorder"), "B"))


def test_capture_of_both_stands_still_while_the_hash_changes(machines: Machines) -> None:
    machines.good("chatter_key", ROTATE_A="A", ROTATE_B="B", CHECKOUT=str(REPOSITORY))
    assert [order.split()[0] for order in machines.orders("A")] == ["stop", "run", "up"]
    assert machines.orders("B") == ["stop stream-monitoring", "up -d --no-build --no-deps stream-monitoring"]


def test_what_is_given_reaches_both(machines: Machines) -> None:
    both = {"ROTATE_A": "A", "ROTATE_B": "B", "CHECKOUT": str(REPOSITORY)}
    machines.good("webhook_url", typed="https://discord.example/api/new\n", **both)
    assert (
        machines.secret("webhook_url", "A") == machines.secret("webhook_url", "B") == "https://discord.example/api/new"
    )
    assert machines.orders("B") == ["restart alertmanager"]


def test_what_a_makes_is_not_made_on_b(machines: Machines) -> None:
    done = machines.run("kafka_password", on="B")
    assert done.returncode == 1
    assert "is made on machine A" in done.stderr
    machines.good("grafana_password", on="B")
    assert (machines.state("B") / "told_grafana").read_text() == machines.secret("grafana_password", "B")


def test_the_old_key_opens_no_backup_and_the_new_one_all(machines: Machines) -> None:
    if shutil.which("restic") is None:
        pytest.skip(NEEDS_RESTIC)
    restic = {
        "RESTIC_REPOSITORY": str(machines.world.target),
        "PATH": os.environ["PATH"],
        "HOME": str(machines.world.folder),
    }

    def opens(key: str) -> bool:
        done = subprocess.run(
            ["restic", "snapshots"], env=restic | {"RESTIC_PASSWORD": key}, capture_output=True, check=False
        )
        return done.returncode == 0

    old = machines.secret("backup_key")
    assert opens(old)
    killed = machines.run("backup_key", KILL_AT="--entrypoint vault-key backup settle")
    assert killed.returncode == -9
    machines.good("backup_key")
    assert (opens(machines.secret("backup_key")), opens(old)) == (True, False)


def test_what_there_is_is_listed(machines: Machines) -> None:
    printed = machines.good("list")
    made = {file.name for file in machines.secrets["A"].iterdir() if file.is_file()}
    assert made <= {line.split()[0] for line in printed.splitlines()}
    assert not [
        line for line in printed.splitlines() if "whoever gave you" in line and "backup_credentials" not in line
    ]


def test_a_wrong_name_changes_nothing(machines: Machines) -> None:
    for name in ("no_such_thing", "../env", ""):
        done = machines.run(name)
        assert done.returncode != 0
        assert machines.orders() == []


def test_the_services_that_run_exist() -> None:
    for machine, file in (("A", "reliable"), ("B", "processing")):
        written = Path(REPOSITORY / f"docker-compose.{file}.yml").read_text()
        assert all(f"\n  {service}:\n" in written for service in RUNNING[machine].split())
    assert SCRIPT.exists()
