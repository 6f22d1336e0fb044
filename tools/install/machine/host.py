"""Runs the machine's own commands, as the operator, as root, or with the right to ask Docker."""

import grp
import os
import pwd
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from install.errors import InstallError

DOCKER_GROUP = "docker"
LAST_LINES = 12  # of a command that failed


def reason(output: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason was given"


class Host:
    """The machine, and the checkout on it."""

    def __init__(self, checkout: Path, is_interactive: bool) -> None:
        """`is_interactive`: somebody sits in front of it, who can type a password for sudo."""
        self.checkout, self.is_interactive = checkout, is_interactive
        self.user = pwd.getpwuid(os.geteuid()).pw_name

    def run(self, *command: str, text: str | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run a command to its end; return what it wrote. Raises InstallError with its last line."""
        done = self.attempt(*command, text=text, env=env)
        if done.returncode:
            raise InstallError(f"{' '.join(command)[:160]}: {reason(done.stderr or done.stdout)}")
        return done.stdout

    def attempt(
        self, *command: str, text: str | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; a missing one ends with 127."""
        try:
            return subprocess.run(
                command, cwd=self.checkout, env={**os.environ, **(env or {})}, capture_output=True, text=True,
                check=False, **({"stdin": subprocess.DEVNULL} if text is None else {"input": text}),
            )  # fmt: skip
        except OSError as error:
            return subprocess.CompletedProcess(command, 127, "", f"{command[0]}: {error.strerror}")

    def shown(self, *command: str) -> int:
        """Run a command that talks to the operator itself; return how it ended."""
        try:
            return subprocess.run(command, cwd=self.checkout, check=False).returncode
        except OSError:
            return 127

    def logged(
        self, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start a command that writes into a file."""
        with log.open("wb") as opened:
            return subprocess.Popen(
                command, cwd=self.checkout, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                stdout=opened, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def has(self, command: str) -> bool:
        """Return whether there is such a program."""
        return self.attempt("sh", "-c", f"command -v {shlex.quote(command)}").returncode == 0

    def check_rights(self) -> None:
        """Raise InstallError where a plain user cannot become root; Debian leaves sudo out if root has a password."""
        if os.geteuid() != 0 and not self.has("sudo"):
            raise InstallError(
                f"{self.user} is not root, and there is no sudo. Once, as root (su -):\n\n    apt-get install sudo && "
                f"usermod --append --groups sudo {self.user}\n\nThen log in anew, and run this again."
            )

    def as_root(self, *command: str) -> list[str]:
        """Return the words that run a command as root; sudo asks for a password only where somebody can type it."""
        if os.geteuid() == 0:
            return list(command)
        return ["sudo", *([] if self.is_interactive else ["--non-interactive"]), "--", *command]

    def docker(self, *words: str) -> list[str]:
        """Return the words that run a command of Docker's, also in the session that was put into its group."""
        return self.with_docker("docker", *words)

    def with_docker(self, *command: str) -> list[str]:
        """Return the words that run something which asks Docker."""
        try:
            group = grp.getgrnam(DOCKER_GROUP)
        except KeyError:
            return list(command)
        if os.geteuid() == 0 or group.gr_gid in os.getgroups() or self.user not in group.gr_mem:
            return list(command)
        return ["sg", DOCKER_GROUP, "-c", shlex.join(command)]

    def read(self, file: str) -> str:
        """Return a file's text; empty if it cannot be read."""
        try:
            return Path(file).read_text(errors="replace")
        except OSError:
            return ""

    def write_as_root(self, file: str, text: str, mode: str = "0644") -> None:
        """Put a file of root's in its place."""
        with tempfile.NamedTemporaryFile("w", delete=True) as new:
            new.write(text)
            new.flush()
            self.run(*self.as_root("install", "-D", "-m", mode, new.name, file))
