"""Where an installation keeps its things: .env, the secrets, and what the installer itself has to remember."""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path

from deploy import env_file
from install.errors import InstallError
from install.machine.host import Host
from install.values import settings


class Place:
    """The checkout's own files."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.env = host.checkout / ".env"
        self.kept = host.checkout / ".install"
        self.kept.mkdir(mode=0o700, exist_ok=True)

    def lock(self) -> None:
        """Let one run at a time change this machine. Raises InstallError."""
        self._lock = (self.kept / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InstallError(
                "Another install.sh or uninstall.sh runs in this folder, or waits for machine B"
            ) from None

    def text(self) -> str:
        """Return .env as it is; on a new machine, as .env.example has it."""
        return env_file.read(self.env) or env_file.read(self.env.with_name(".env.example"))

    def setting(self, name: str, default: str = "") -> str:
        """Return a setting of .env."""
        return env_file.setting(env_file.read(self.env), name) or default

    def write(self, wanted: Mapping[str, str]) -> None:
        """Put settings into .env; the file is replaced whole."""
        env_file.replace(self.env, settings.with_settings(self.text(), wanted))

    @property
    def secrets(self) -> Path:
        """The folder of the secrets."""
        return self._host.checkout / (
            os.environ.get("SECRETS_DIRECTORY") or self.setting("SECRETS_DIRECTORY", "secrets")
        )

    def secret(self, file: str) -> str:
        """Return a secret; empty if there is none yet."""
        return env_file.read(self.secrets / file)

    def left_empty(self) -> set[str]:
        """Return the questions that were answered with nothing."""
        return set(env_file.read(self.kept / "left_empty").split())

    def leave_empty(self, names: set[str]) -> None:
        """Remember that nothing is wanted there."""
        env_file.replace(self.kept / "left_empty", "".join(f"{name}\n" for name in sorted(names)))
