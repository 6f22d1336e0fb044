"""Both machines as rotate.sh sees them: A with a real Postgres and restic, B a folder; Docker's orders are kept."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from integration.support.backup_world import World

from embedded.paths import REPOSITORY

DOCKER = Path(__file__).with_name("docker_running.py")
SCRIPT = REPOSITORY / "infrastructure" / "rotate.sh"
RUNNING = {
    "A": "postgres redis api-frontend proxy stream-monitoring-standby watcher",
    "B": "kafka stream-monitoring recorder emote-counter clip-creator alertmanager grafana",
}
OTHER = {"A": "MACHINE_B=100.64.0.2\n", "B": "MACHINE_A=100.64.0.1\n"}
SECONDS = 120


class Machines:
    """`A` and `B`; `world` is A's Postgres and the backups' target."""

    def __init__(self) -> None:
        self.world = World(Path(tempfile.mkdtemp(prefix="rt", dir="/tmp")))  # short: it holds a socket
        folder = self.world.folder
        passwords = self.world.server.passwords
        self.world.migrate()
        (folder / "pgpass").write_text((passwords / "pgpass").read_text())
        (folder / "pgpass").chmod(0o600)
        (passwords / "pgpass").unlink()
        subprocess.run([REPOSITORY / "infrastructure/secrets.sh", passwords], check=True, capture_output=True)
        self.secrets = {"A": passwords, "B": folder / "b" / "secrets"}
        self._write(folder / "bin" / "docker", f'exec {sys.executable} {DOCKER} "$@"')
        self._write(folder / "bin" / "ssh", f'unset ROTATE_A ROTATE_B; . {folder}/$1.sh; shift; exec sh -c "$1"')
        for name in "AB":
            self._set_up(name, folder / name.lower())
        shutil.copytree(passwords, self.secrets["B"])
        if shutil.which("restic") is None:
            self.world.variables.clear()  # no backup is set up
        # restic finds the key where A's secrets are.
        shutil.rmtree(self.world.secrets)
        self.world.secrets.symlink_to(passwords)
        if self.world.variables:
            vault = REPOSITORY / "infrastructure" / "images" / "vault.py"
            subprocess.run(
                [sys.executable, vault, "init"], env=self.world.environment(), check=True, capture_output=True
            )

    def _set_up(self, name: str, state: Path) -> None:
        state.mkdir()
        (state / "env").write_text(OTHER[name])
        lines = [f"export {key}='{value}'" for key, value in self.settings(name).items()]
        (self.world.folder / f"{name}.sh").write_text("\n".join(lines))

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)

    def state(self, machine: str) -> Path:
        """Return the folder of what a machine notes."""
        return self.world.folder / machine.lower()

    def settings(self, machine: str) -> dict[str, str]:
        """Return what differs between the machines."""
        state = self.state(machine)
        return {
            "COMPOSE_ENV_FILES": str(state / "env"),
            "DOCKER_STATE": str(state),
            "RUNNING": RUNNING[machine],
            "SECRETS_DIRECTORY": str(self.secrets[machine]),
            "ROTATE_STATE": str(state / "unfinished"),
            "BACKUP_STATE": str(state),
        }

    def run(self, *words: str, on: str = "A", typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run rotate.sh on a machine; what is typed comes by a pipe."""
        quick = {"ROTATE_DRAIN": "0", "ROTATE_MIXED": "1"}
        environment = self.world.environment() | self.settings(on) | quick | variables
        environment["STAND_IN"] = environment["STAND_IN"].replace(
            str(self.secrets["A"] / "pgpass"), str(self.world.folder / "pgpass")
        )
        return subprocess.run(
            [SCRIPT, *words], input=typed, capture_output=True, text=True, env=environment, timeout=SECONDS,
            check=False, start_new_session=True,
        )  # fmt: skip

    def good(self, *words: str, on: str = "A", typed: str = "", **variables: str) -> str:
        """Run rotate.sh, which has to succeed; return what it printed."""
        done = self.run(*words, on=on, typed=typed, **variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def secret(self, name: str, machine: str = "A") -> str:
        """Return a secret as a machine has it."""
        return (self.secrets[machine] / name).read_text()

    def orders(self, machine: str = "A") -> list[str]:
        """Return what Docker was told on a machine since the last question."""
        log = self.state(machine) / "orders.log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith(("ps ", "config "))]

    def takes(self, role: str, password: str) -> bool:
        """Return whether Postgres lets a role in with this password."""
        try:
            psycopg.connect(self.world.server.address(role), password=password).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" not in str(error):
                raise
            return False
        return True

    def close(self) -> None:
        """End the database and remove all."""
        self.world.close()
