"""Beats the operator's dead man's switch: an address elsewhere that tells the operator when beats stop."""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import structlog

from contracts import metrics
from service_runtime.measures import measure
from watcher.outside.get import BadAddressError, NoAnswerError, get

log = structlog.get_logger()
DEADLINE_SECONDS = 10.0
RETRY_SECONDS = 15.0  # after a beat that was not taken
JITTER = 0.1  # of the interval, by which a beat comes early: many installations do not beat in step
Outcome = Literal["taken", "refused", "failed", "withheld", "off"]


class Beat:
    """The worker. `problem()` says why a beat would be a lie, None while all is well."""

    def __init__(self, url_file: Path | None, problem: Callable[[], str | None]) -> None:
        self._url_file, self._problem = url_file, problem
        self._last: Outcome = "taken"

    def run(self, stop: threading.Event, interval_seconds: float) -> None:
        """Beat until `stop`."""
        while not stop.is_set():
            outcome = self.beat()
            pause = interval_seconds if outcome in ("taken", "off") else min(RETRY_SECONDS, interval_seconds)
            stop.wait(pause * (1 - JITTER * random.random()))  # noqa: S311  # jitter is no secret

    def beat(self) -> Outcome:
        """Beat once, count it, and log when it goes another way than before."""
        outcome, reason = self._beat()
        if outcome != "off":
            measure(metrics.WATCHER_BEATS).labels(outcome=outcome).inc()
        if outcome == "taken":
            measure(metrics.WATCHER_BEAT_AT).set(time.time())
        if outcome != self._last:
            say = log.info if outcome in ("taken", "off") else log.warning
            say("beats of the dead man's switch", outcome=outcome, reason=reason)
        self._last = outcome
        return outcome

    def _beat(self) -> tuple[Outcome, str]:
        """Read the address each time, so that correcting it needs no restart."""
        try:
            url = self._url_file.read_text().strip() if self._url_file else ""
        except (OSError, UnicodeDecodeError) as error:
            return "refused", f"the address cannot be read: {type(error).__name__}"
        if not url:
            return "off", "the file of WATCHER_BEAT_URL_FILE is empty or not set"
        if problem := self._problem():
            return "withheld", problem
        try:
            status = get(url, DEADLINE_SECONDS).status
        except BadAddressError as error:
            return "refused", str(error)
        except NoAnswerError as error:
            return "failed", str(error)
        if 200 <= status < 300:
            return "taken", ""
        return ("failed" if status >= 500 or status in (408, 429) else "refused"), f"it answered {status}"
