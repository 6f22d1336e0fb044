"""Machine A as backup.sh and restore.sh see it: a real Postgres, the real restic, and a stand-in for Docker."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from integration.support.database import prepare

from embedded.paths import REPOSITORY
from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres, binary

STAND_IN = Path(__file__).with_name("docker_stand_in.py")
SECONDS = 120
NEEDS_RESTIC = "restic is not installed: apt-get install restic (the image of backups has it)"


class World:
    """`folder`: short, because a socket's path is. `target`: where backups go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.target = folder / "target"
        self.secrets = folder / "secrets"
        self.state = folder / "state"
        for each in (self.target, self.state, self.secrets / "twitch", folder / "bin", folder / "cache"):
            each.mkdir(parents=True)
        for name, text in {"backup_key": "k" * 40, "webhook_url": "", "chatter_key": "c" * 64}.items():
            (self.secrets / name).write_text(text)
        docker = folder / "bin" / "docker"
        docker.write_text(f'#!/bin/sh\nexec {sys.executable} {STAND_IN} "$@"\n')
        docker.chmod(0o755)
        (folder / "env").write_text("BIND_ADDR=127.0.0.1\nMACHINE_B=100.64.0.2\n")
        self.variables: dict[str, str] = {"BACKUP_FOLDER": str(self.target), "BACKUP_SAME_DISK": "accepted"}
        self.programs = Path(binary("psql")).parent
        self.server = self._server("postgres")

    def setup(self) -> None:
        """Set backups up as the operator does; there is no systemd."""
        done = self.run("backup.sh", "reliable", "setup")
        assert done.returncode == 0, done.stdout + done.stderr

    def _server(self, name: str) -> Postgres:
        server = Postgres(self.folder / "pg" / name, *free_ports(1))
        server.start()
        return server

    @property
    def dsn(self) -> str:
        """The owner's address."""
        return self.server.dsn

    def migrate(self) -> None:
        """Bring the schema up to date."""
        prepare(self.dsn)

    def lose(self) -> None:
        """Lose the database with its disk, and all that the machine noted of backups; another, empty one begins."""
        self.server.kill()
        shutil.rmtree(self.server.directory)
        shutil.rmtree(self.state)
        self.state.mkdir()
        self.server = self._server("postgres")

    def environment(self) -> dict[str, str]:
        """Return the variables that the scripts of infrastructure/ have here."""
        world = {
            "docker_root": str(self.folder / "docker"),
            "programs": str(self.programs),
            "vault": str(REPOSITORY / "infrastructure" / "images" / "vault.py"),
            "data": str(self.server.directory),
            "port": str(self.server.port),
            "passfile": str(self.server.passwords / "pgpass"),
            "passwords": str(self.server.passwords),
        }
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join(str(REPOSITORY / each) for each in ("libraries", "services", "tools")),
            "STAND_IN": json.dumps(world),
            "COMPOSE_ENV_FILES": str(self.folder / "env"),
            "SECRETS_DIRECTORY": str(self.secrets),
            "BACKUP_STATE": str(self.state),
            "VAULT_KEPT": str(self.folder),
            "VAULT_STATE": str(self.folder / "cache"),
            "VAULT_COPIES": str(self.folder / "copies"),
            "VAULT_FOLDER": str(self.target),
            "RESTORE_BUILD": "no",
            "SYSTEMD_UNITS": str(self.folder / "nowhere"),
            **self.variables,
        }

    def run(self, script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of infrastructure/ as the operator does."""
        return subprocess.run(
            [REPOSITORY / "infrastructure" / script, *words],
            capture_output=True,
            text=True,
            env=self.environment() | variables,
            timeout=SECONDS,
            check=False,
        )

    def backup(self, command: str = "full", **variables: str) -> subprocess.CompletedProcess[str]:
        """Make a backup of machine A."""
        return self.run("backup.sh", "reliable", command, **variables)

    def good(self, command: str = "full", **variables: str) -> str:
        """Make a backup that has to succeed; return what it printed."""
        done = self.backup(command, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def restore(self, when: str = "") -> subprocess.CompletedProcess[str]:
        """Run restore.sh."""
        return self.run("restore.sh", *filter(None, [when]))

    def restored(self, when: str = "") -> str:
        """Restore, which has to succeed; return what was printed."""
        done = self.restore(when)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, as the owner."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def noted(self, kind: str) -> tuple[bool, str]:
        """Return whether a backup of this kind was ever good, and what the last try's problem was."""
        found = self.query("SELECT good_at IS NOT NULL, problem FROM backups WHERE kind = %s", kind)
        return found[0] if found else (False, "")

    def close(self) -> None:
        """End the database and remove all."""
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
