"""Tells in the terminal why chat is not read: a channel that Twitch does not know, or no network."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable

LOOK_SECONDS = 1.0
LASTING_LOOKS = 8  # after so many in a row a problem is told: at the start some last a few seconds
TIMEOUT_SECONDS = 2.0
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


class ChatReport:
    """Writes each lasting complaint of stream_monitoring once, and again when it has changed."""

    def __init__(self, complaints: Callable[[], dict[str, str]], write_line: Callable[[str], object]) -> None:
        self._complaints = complaints
        self._write_line = write_line
        self._seen: dict[tuple[str, str], int] = {}

    def look(self) -> None:
        """Look once; write what lasts."""
        present = self._complaints()
        self._seen = {each: self._seen.get(each, 0) + 1 for each in present.items()}
        for (name, why), looks in self._seen.items():
            if looks == LASTING_LOOKS:
                self._write_line(f"{name}: {why}")

    def start(self) -> None:
        """Look again and again beside everything else, until the program ends."""
        threading.Thread(target=self._run, name="chat report", daemon=True).start()

    def _run(self) -> None:
        while not threading.Event().wait(LOOK_SECONDS):
            self.look()
