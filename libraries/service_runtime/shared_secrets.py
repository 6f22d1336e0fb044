"""Compares machine B's secrets with A's, by A's Postgres: `python -m service_runtime.shared_secrets FOLDER HOST:PORT`.

Prints a line `ok|warn|fail`, tab, what was found, tab, what to do, for each secret; preflight.sh shows them.
"""

import hashlib
import hmac
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aiosql
import psycopg
from psycopg.conninfo import make_conninfo

SQL = Path(__file__).resolve().parents[2] / "infrastructure" / "postgres" / "fingerprints.sql"
NAMES = ("kafka_password", "chatter_key")  # alike on both machines, and no login to Postgres
ROLES = ("recorder", "stream_monitoring", "emote_counter", "status", "exporter")  # log in from machine B
SALT_BYTES = 16
SCRYPT = {"n": 2**14, "r": 8, "p": 1}  # 16 MB and 50 ms a guess
CONNECT_SECONDS = 5
REFUSED = "password authentication failed"
COPY = "Copy secrets/ from machine A (DEPLOYMENT.md, step 5)"
REPAIR = "make secrets"
START = "On A: docker compose -f docker-compose.reliable.yml ps postgres"


class Line(NamedTuple):
    """What was found of a secret. `state`: ok, warn or fail."""

    state: str
    found: str
    advice: str = ""


def fingerprint(secret: bytes, salt: bytes) -> str:
    """Return salt and digest in hexadecimal, from which nobody learns the secret."""
    return f"{salt.hex()}:{hashlib.scrypt(secret.strip(), salt=salt, **SCRYPT).hex()}"


def is_of(known: str, secret: bytes) -> bool:
    """Return whether a fingerprint is the secret's."""
    return hmac.compare_digest(known, fingerprint(secret, bytes.fromhex(known.partition(":")[0])))


def keep_fingerprints(connection: psycopg.Connection, folder: Path) -> None:
    """Write the fingerprints of the secrets that are in the folder. Raises OSError, psycopg.Error."""
    queries: Any = aiosql.from_path(SQL, "psycopg")
    for name in NAMES:
        secret = (folder / name).read_bytes() if (folder / name).exists() else b""
        if secret.strip():
            made = fingerprint(secret, secrets.token_bytes(SALT_BYTES))
            connection.execute(queries.statement(connection, name=name, fingerprint=made))


def compare(folder: Path, host: str, port: int) -> Iterator[Line]:
    """Log in as each of machine B's roles, then compare the others' fingerprints."""
    let_in = []
    for role in ROLES:
        try:
            psycopg.connect(_address(folder, role, host, port)).close()
        except (psycopg.OperationalError, OSError) as error:
            yield (line := _not_let_in(f"postgres_{role}_password", error))
            if line.advice == START:
                return
        else:
            let_in.append(role)
            yield Line("ok", f"postgres_{role}_password: machine A's Postgres takes it")
    if not let_in:
        yield Line("fail", f"{' and '.join(NAMES)} were not compared: no role can log in", COPY)
        return
    with psycopg.connect(_address(folder, let_in[0], host, port)) as connection:
        for name in NAMES:
            yield _compare(connection, name, folder / name)


def _address(folder: Path, role: str, host: str, port: int) -> str:
    password = (folder / f"postgres_{role}_password").read_text().strip()
    return make_conninfo(
        host=host, port=port, user=role, password=password, dbname="stream_scout", connect_timeout=CONNECT_SECONDS
    )


def _not_let_in(name: str, error: Exception) -> Line:
    if isinstance(error, OSError):
        return Line("fail", f"{name} cannot be read: {error.strerror}", REPAIR)
    if REFUSED in str(error):
        return Line("fail", f"{name} is not machine A's: its Postgres refuses it", COPY)
    return Line("fail", f"the secrets were not compared with machine A's: {' '.join(str(error).split())}", START)


def _compare(connection: psycopg.Connection, name: str, file: Path) -> Line:
    queries: Any = aiosql.from_path(SQL, "psycopg")
    known = queries.known(connection, name=name)
    if not known:
        advice = "On A: docker compose -f docker-compose.reliable.yml up roles"
        return Line("warn", f"{name} was not compared: machine A has not told its fingerprint", advice)
    try:
        same = is_of(known, file.read_bytes())
    except OSError as error:
        return Line("fail", f"{name} cannot be read: {error.strerror}", REPAIR)
    return Line("ok", f"{name} is machine A's") if same else Line("fail", f"{name} is not machine A's", COPY)


def main(folder: str, address: str) -> int:
    """Print a line for each secret."""
    host, _, port = address.rpartition(":")
    for line in compare(Path(folder), host, int(port)):
        sys.stdout.write("\t".join(line) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
