"""Makes Postgres's roles and sets their passwords: `python -m service_runtime.role_setup`, safe to repeat.

It connects as the superuser over the server's own socket: POSTGRES_DSN=postgresql://USER@/DATABASE?host=FOLDER.
"""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosql
import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service_runtime.files import replace_durably
from service_runtime.settings import PostgresSettings, load_all
from service_runtime.shared_secrets import keep_fingerprints

SQL = Path(__file__).resolve().parents[2] / "infrastructure" / "postgres" / "roles.sql"
PASSWORD_BYTES = 32
# What is derived from a password stays out of the server's log, even if a statement is slow or fails.
UNLOGGED = "-c log_statement=none -c log_min_duration_statement=-1 -c log_min_error_statement=panic"


class RoleSettings(BaseSettings):
    """Where the roles' passwords are."""

    model_config = SettingsConfigDict(env_prefix="ROLES_", frozen=True)
    password_directory: Path = Field(description="folder with a file postgres_ROLE_password for each role")
    make_passwords: bool = Field(False, description="make missing passwords, as `make secrets` does on the machines")


class PasswordsMissingError(RuntimeError):
    """Roles without a password: run `make secrets`."""


def password_file(directory: Path, role: str) -> Path:
    """Return the file with a role's password."""
    return directory / f"postgres_{role}_password"


def set_up_roles(conninfo: str, password_directory: Path, make_passwords: bool) -> list[str]:
    """Make missing roles, repair the others, and set all passwords; return the roles.

    Keeps the fingerprints of the secrets that both machines share. Raises PasswordsMissingError naming every missing
    file, OSError, psycopg.Error.
    """
    queries: Any = aiosql.from_path(SQL, "psycopg")
    with _short_socket_path(conninfo) as short, psycopg.connect(short, options=UNLOGGED) as connection:
        queries.make_roles(connection)
        roles = [role for (role,) in queries.login_roles(connection)]
        if make_passwords:
            _make_passwords(password_directory, roles)
        for role, password in _read_passwords(password_directory, roles).items():
            verifier = connection.pgconn.encrypt_password(password, role.encode(), b"scram-sha-256").decode()
            connection.execute(queries.password_statement(connection, role=role, verifier=verifier))
        keep_fingerprints(connection, password_directory)
    return roles


def _make_passwords(directory: Path, roles: list[str]) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    for role in roles:
        file = password_file(directory, role)
        if not file.exists():
            replace_durably(file, secrets.token_urlsafe(PASSWORD_BYTES).encode())


def _read_passwords(directory: Path, roles: list[str]) -> dict[str, bytes]:
    files = {role: password_file(directory, role) for role in roles}
    passwords = {role: file.read_bytes().strip() if file.exists() else b"" for role, file in files.items()}
    if missing := [str(files[role]) for role, password in passwords.items() if not password]:
        raise PasswordsMissingError(f"missing or empty, run `make secrets`: {', '.join(missing)}")
    return passwords


@contextmanager
def _short_socket_path(conninfo: str) -> Iterator[str]:
    """Name the socket's folder by a file descriptor: a socket's path ends at 107 characters."""
    folder = os.open(str(conninfo_to_dict(conninfo)["host"]), os.O_PATH | os.O_DIRECTORY)
    try:
        yield make_conninfo(conninfo, host=f"/proc/self/fd/{folder}")
    finally:
        os.close(folder)


def main() -> int:
    """Set up the roles; return 0, or 1 with the reason on standard error."""
    postgres, settings = load_all(PostgresSettings, RoleSettings)
    try:
        roles = set_up_roles(postgres.conninfo(), settings.password_directory, settings.make_passwords)
    except (PasswordsMissingError, OSError, psycopg.Error) as error:
        sys.stderr.write(f"role_setup: {str(error).strip()}\n")
        return 1
    sys.stdout.write(f"roles: {', '.join(roles)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
