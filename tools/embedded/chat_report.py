"""Tells in the terminal why chat is not read: a channel that Twitch does not know, or no network."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

from service_runtime.reachability import NO_NETWORK

LOOK_SECONDS = 1.0
LASTING_LOOKS = 8  # looks in a row that find a problem before it is reported: at the start some last a few seconds
TIMEOUT_SECONDS = 2.0
FIRST_SECONDS = 17.0  # chat's own answer takes 16 s at most where names are found
KINDS = ("notes", "problems")  # of /ready: what to mend, and what keeps the service from reading at all


def ready_answer(url: str) -> dict[str, str]:
    """Return what /ready complains about; nothing while it does not answer."""
    try:
        with urllib.request.urlopen(f"{url}/ready", timeout=TIMEOUT_SECONDS) as response:  # noqa: S310  # nosec B310  # loopback
            body = response.read()
    except urllib.error.HTTPError as error:
        with error:
            body = error.read()
    except (OSError, ValueError):
        return {}
    try:
        told = json.loads(body)
        return {str(name): str(why) for kind in KINDS for name, why in told.get(kind, {}).items()}
    except (ValueError, AttributeError):
        return {}


def within(seconds: float, ask: Callable[[], dict[str, str]]) -> dict[str, str] | None:
    """Return what `ask` returns, None if it takes longer: a slow name server cannot be given a deadline."""
    answers: list[dict[str, str]] = []
    asking = threading.Thread(target=lambda: answers.append(ask()), name="chat probe", daemon=True)
    asking.start()
    asking.join(seconds)
    return answers[0] if answers else None


class ChatReport:
    """Writes each lasting complaint of stream_monitoring once, and again when it has changed.

    `first`: what chat itself says while the services start; its complaints are written at once, and not twice.
    """

    def __init__(
        self,
        complaints: Callable[[], dict[str, str]],
        write_line: Callable[[str], object],
        first: Callable[[], dict[str, str]] = dict,
    ) -> None:
        self._complaints = complaints
        self._write_line = write_line
        self._first = first
        self._told: set[str] = set()  # names of the first complaints, until the services complain of them no more
        self._seen: dict[tuple[str, str], int] = {}

    def look_first(self) -> None:
        """Write the first complaints."""
        found = within(FIRST_SECONDS, self._first)
        if found is None:
            found = {"chat": f"no answer within {FIRST_SECONDS:.0f} s: {NO_NETWORK}"}
        self._told = set(found)
        for name, why in found.items():
            self._write_line(f"{name}: {why}")

    def look(self) -> None:
        """Look once; write what lasts."""
        present = self._complaints()
        self._told -= {name for name, _ in self._seen} - present.keys()
        self._seen = {each: self._seen.get(each, 0) + 1 for each in present.items()}
        for (name, why), looks in self._seen.items():
            if looks == LASTING_LOOKS and name not in self._told:
                self._write_line(f"{name}: {why}")

    def start(self) -> None:
        """Look again and again beside everything else, until the program ends."""
        threading.Thread(target=self._run, name="chat report", daemon=True).start()

    def _run(self) -> None:
        self.look_first()
        while not threading.Event().wait(LOOK_SECONDS):
            self.look()
