"""The machine's place in the tailnet."""

import json
import os
import tempfile
from typing import Any

from install.errors import InstallError
from install.machine.host import Host, reason
from install.roles import Role
from install.steps import State

INSTALLER = "https://tailscale.com/install.sh"
POLICY = "DEPLOYMENT.md, Before you begin, has the policy"


class Tailscale:
    """It is installed, up, and has the tag by which the policy lets the two machines reach each other."""

    title = "Tailscale"

    def __init__(self, host: Host, role: Role, key: str) -> None:
        """`key`: an auth key, by which nobody has to open a page; empty: somebody does."""
        self._host, self._role, self._key = host, role, key

    def state(self) -> State:
        """Ask it."""
        if not self._host.has("tailscale"):
            return State(False, "is not installed")
        status = self._status()
        if status.get("BackendState") != "Running":
            return State(False, "is not up")
        if self._role.tag not in (status.get("Self", {}).get("Tags") or []):
            return State(False, f"this machine does not have {self._role.tag}")
        return State(True, f"{self.address()}, {self._role.tag}")

    def _status(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._host.attempt("tailscale", "status", "--json").stdout))
        except ValueError:
            return {}

    def address(self) -> str:
        """Return this machine's address in the tailnet."""
        return self._host.run("tailscale", "ip", "-4").split()[0]

    def do(self) -> None:
        """Install it, and bring it up with the machine's tag."""
        if not self._host.has("tailscale"):
            self._install()
        if not self.state().is_done:
            self._up()

    def _install(self) -> None:
        """Run Tailscale's own script, once it is here whole."""
        script = self._host.run("curl", "-fsSL", "--retry", "3", INSTALLER)
        if not script.startswith("#!/bin/sh"):
            raise InstallError(f"{INSTALLER} is no script: is a page in the way (a hotel's, a proxy's)?")
        self._host.run("sh", "-s", text=script)

    def _up(self) -> None:
        command = self._host.as_root("tailscale", "up", f"--advertise-tags={self._role.tag}")
        if self._key:
            with tempfile.NamedTemporaryFile("w") as file:  # 0600; the key stands in no process list
                file.write(self._key)
                file.flush()
                self._run_up([*command, f"--auth-key=file:{file.name}"])
        elif self._host.is_interactive:
            if self._host.shown(*command):
                raise InstallError(
                    f"Tailscale did not come up; the lines above say why. Does it refuse the tag? {POLICY}"
                )
        else:
            raise InstallError(f"Tailscale is not up. TS_AUTHKEY=... for a key, or once: {' '.join(command)}")

    def _run_up(self, command: list[str]) -> None:
        done = self._host.attempt(*command, "--timeout=60s")
        if done.returncode:
            raise InstallError(f"Tailscale did not come up: {reason(done.stderr)}. Does it refuse the tag? {POLICY}")


def key(variables: "os._Environ[str]") -> str:
    """Take the auth key out of the variables."""
    return variables.pop("TS_AUTHKEY", "").strip()
