"""Machine B's secrets held against A's, on a real Postgres with the roles and logins of machine A."""

import secrets as random
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded.processes.ports import LOOPBACK, free_ports
from embedded.servers.postgres import Postgres
from service_runtime.role_setup import set_up_roles
from service_runtime.shared_secrets import NAMES, ROLES, compare, fingerprint, is_of, main

EVERY = [*(f"postgres_{role}_password" for role in ROLES), *NAMES]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Machine A's Postgres, which has been told the secrets of A."""
    with Postgres(tmp_path_factory.mktemp("a") / "postgres", *free_ports(1)) as postgres:
        for name in NAMES:
            (postgres.passwords / name).write_text(random.token_hex(16) + "\n")
        set_up_roles(postgres.socket_address(), postgres.passwords, make_passwords=False)
        yield postgres


@pytest.fixture
def mine(server: Postgres, tmp_path: Path) -> Path:
    """Machine B's folder, copied from A."""
    return Path(shutil.copytree(server.passwords, tmp_path / "secrets"))


def states(mine: Path, port: int) -> dict[str, str]:
    return {line.found.split()[0].rstrip(":"): line.state for line in compare(mine, LOOPBACK, port)}


def test_copied_secrets_are_as_they_should_be(server: Postgres, mine: Path) -> None:
    assert states(mine, server.port) == dict.fromkeys(EVERY, "ok")


@pytest.mark.parametrize("name", EVERY)
def test_a_secret_of_ones_own_is_wrong(server: Postgres, mine: Path, name: str) -> None:
    (mine / name).write_text(random.token_hex(16))
    assert states(mine, server.port) == dict.fromkeys(EVERY, "ok") | {name: "fail"}


def test_all_made_anew_say_what_to_do(server: Postgres, mine: Path) -> None:
    """What `make secrets` on a B without A's files makes."""
    for name in EVERY:
        (mine / name).write_text(random.token_hex(16))
    lines = list(compare(mine, LOOPBACK, server.port))
    assert {line.state for line in lines} == {"fail"}
    assert all("here: infrastructure/install.sh join" in line.advice for line in lines)
    assert "kafka_password" in lines[-1].found


def test_a_machine_a_that_is_away_is_said_once(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(str(mine), f"{LOOPBACK}:{free_ports(1)[0]}")
    (line,) = capsys.readouterr().out.splitlines()
    state, found, advice = line.split("\t")
    assert (state, "refused" in found, "On A" in advice) == ("fail", True, True)


def test_an_older_machine_a_has_no_fingerprints(server: Postgres, mine: Path) -> None:
    with psycopg.connect(server.socket_address(), autocommit=True) as connection:
        connection.execute("ALTER DATABASE stream_scout RESET ALL")
    found = states(mine, server.port)
    set_up_roles(server.socket_address(), server.passwords, make_passwords=False)
    assert {found[name] for name in NAMES} == {"warn"}
    assert states(mine, server.port) == dict.fromkeys(EVERY, "ok")


def test_what_a_role_may_read_does_not_give_the_secret_away(server: Postgres) -> None:
    password = (server.passwords / "postgres_status_password").read_text().strip()
    with psycopg.connect(server.address("status"), password=password) as connection:
        seen = str(connection.execute("SELECT setconfig FROM pg_db_role_setting").fetchall())
    for name in NAMES:
        secret = (server.passwords / name).read_text().strip()
        assert name in seen
        assert secret not in seen
    assert fingerprint(b"x", b"1" * 16) != fingerprint(b"x", b"2" * 16)
    assert is_of(fingerprint(b"x\n", b"1" * 16), b"x")
