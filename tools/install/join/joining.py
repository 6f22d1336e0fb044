"""Machine B's side of the join: fetches what it shares with A, and writes it down so that a kill loses nothing."""

import http.client
import json
import os
from collections.abc import Callable
from pathlib import Path

from install.errors import InstallError
from install.join.handover import NEEDED, SECRETS, Handover, Line, from_json, parse_line
from install.join.invitation import PATH
from install.steps import State
from install.values.place import Place

REPLY_SECONDS = 20.0
Ask = Callable[[str, bool], str]
NOBODY = (
    "Nobody answers at {address}:{port}. A line is good once, for 30 minutes, and only while A's installer waits. "
    "A new one, on A: infrastructure/install.sh invite. Is it new? Then: tailscale ping {address}, and the policy of "
    "DEPLOYMENT.md"
)


def fetch(line: Line, own_address: str) -> Handover:
    """Ask machine A, from our own address in the tailnet. Raises InstallError with what it says."""
    connection = http.client.HTTPConnection(line.address, line.port, REPLY_SECONDS, source_address=(own_address, 0))
    body = json.dumps({"token": line.token, "address": own_address})
    try:
        connection.request("POST", PATH, body, {"Content-Type": "application/json"})
        reply = connection.getresponse()
        text = reply.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise InstallError(NOBODY.format(address=line.address, port=line.port)) from error
    finally:
        connection.close()
    if reply.status != 200:
        raise InstallError(f"Machine A refuses. {said(text)}")
    return from_json(text)


def said(text: str) -> str:
    """Return the sentence of a refusal."""
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return "It does not say why: is something else at that port?"


class Join:
    """Machine B has what it shares with machine A."""

    title = "Machine A"

    def __init__(
        self, place: Place, own_address: Callable[[], str], line: str, ask: Ask | None, is_again: bool
    ) -> None:
        """`line`: what A has printed, if it is known already; `ask`: asks for it where somebody sits;
        `is_again`: join though this machine has joined before.
        """
        self._place, self._own, self._line, self._ask, self._is_again = place, own_address, line, ask, is_again

    @property
    def _received(self) -> Path:
        """What came and is not written to its places yet."""
        return self._place.kept / "received.json"

    def state(self) -> State:
        """Look whether this machine knows the other."""
        address = self._place.setting("MACHINE_A")
        if self._received.exists():
            return State(False, "what came from it is not written down yet")
        if self._is_again or (self._line and address != parse_line(self._line).address):
            return State(False, "joining it")
        missing = [name for name in NEEDED if not self._place.secret(name)]
        if not address or missing:
            return State(False, "joining it")
        return State(True, f"joined with {address}")

    def do(self) -> None:
        """Ask A once; then write down, as often as it takes."""
        if not self._received.exists():
            write_secret(self._received, fetch(self._read_line(), self._own()).to_json())
        handover = from_json(self._received.read_text())
        for name in SECRETS:
            if value := handover.secrets.get(name):
                write_secret(self._place.secrets / name, value)
        self._place.write(handover.settings)
        self._received.unlink()
        self._is_again = False

    def _read_line(self) -> Line:
        """Return the line of machine A, in the place of which nothing helps. Raises InstallError."""
        if not self._line and self._ask:
            self._line = self._ask("  The line that machine A has printed (join:...)", True)
        if not self._line:
            raise InstallError("JOIN_LINE is missing. It is printed on machine A by: infrastructure/install.sh invite")
        return parse_line(self._line)


def write_secret(file: Path, value: str) -> None:
    """Replace a file whole; secrets.sh gives it to the services afterwards."""
    file.parent.mkdir(mode=0o750, exist_ok=True)
    new = file.with_name(file.name + ".new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(value)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
