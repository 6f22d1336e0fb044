"""Removes what the spool holds of channels that have opted out, and keeps what is still on its way out of it.

A removed record leaves an empty one in its place, so positions stay as they are. Every segment is replaced whole.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import structlog

from service_runtime.files import replace_durably
from stream_monitoring.privacy.opt_outs import LastWord
from stream_monitoring.spool.batch import LIFECYCLE_CODE
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
STEP_SECONDS = 0.05  # of a turn: frames wait meanwhile; a segment is looked at whole
RETRY_SECONDS = 10.0  # after the disk refused


class Forgetting:
    """`want` may be called from any thread, `news` and `without` in the capture's, `step` in the spool's writer's."""

    def __init__(self, spool: Spool, quarantine: Quarantine) -> None:
        self._spool = spool
        self._quarantine = quarantine
        self._path = spool.directory / "forgotten.json"
        self._done = read_done(self._path)  # channel id to the time of the word that was obeyed
        self._told = dict(self._done)
        self._words: Mapping[str, LastWord] = {}
        self._keys: frozenset[bytes] = frozenset()
        self._targets: dict[str, LastWord] = {}  # of the present pass over the segments
        self._left: list[int] = []
        self._removed = 0
        self._not_before = 0.0

    def want(self, words: Mapping[str, LastWord]) -> None:
        """Obey these words from now on."""
        self._keys = keys_of(words)  # first: a pass that begins must not be followed by a frame with them
        self._words = dict(words)

    def without(self, parts: list[bytes]) -> list[bytes]:
        """The parts of a new frame, each a line or some, without the records of these channels."""
        keys = self._keys
        if not keys:
            return parts
        lines = b"\n".join(parts).split(b"\n") if parts else []
        if keys.isdisjoint(lines[0::2]):
            return parts
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        return [part for pair in pairs if pair[0] not in keys for part in pair]

    def news(self) -> list[tuple[str, Literal["out", "in"]]]:
        """What the job has not been told by this instance: channel id and event."""
        words = self._words
        untold = {key: word for key, word in words.items() if self._told.get(key) != word.changed_at}
        self._told |= {key: word.changed_at for key, word in untold.items()}
        return [(key, "out" if word.is_out else "in") for key, word in untold.items()]

    @property
    def is_pending(self) -> bool:
        """Whether `step` has something to do."""
        return bool(self._targets) or any(self._done.get(key) != word.changed_at for key, word in self._words.items())

    def step(self) -> None:
        """Clear some segments; a disk that refuses is tried again later, a crash begins anew."""
        if time.monotonic() < self._not_before:
            return
        try:
            self._clear_some()
        except OSError as error:
            log.error("spool: cannot remove channels that have opted out, trying again", why=str(error))
            self._not_before = time.monotonic() + RETRY_SECONDS

    def _clear_some(self) -> None:
        if not self._targets:
            self._begin()
        keys, deadline = keys_of(self._targets), time.monotonic() + STEP_SECONDS
        while self._left and keys and time.monotonic() < deadline:
            self._removed += self._spool.remove(self._left[0], keys)
            self._left.pop(0)
        if self._targets and not (self._left and keys):
            self._finish()

    def _begin(self) -> None:
        """Only words that the job was told: the record that tells them was synced with the last frame."""
        told = {key: word for key, word in self._words.items() if self._told.get(key) == word.changed_at}
        self._targets = {key: word for key, word in told.items() if self._done.get(key) != word.changed_at}
        self._left, self._removed = self._spool.firsts(), 0

    def _finish(self) -> None:
        out = {key: word for key, word in self._targets.items() if word.is_out}
        for channel_id, word in out.items():
            self._quarantine.remove(channel_id, word.login)
        done = {key: at for key, at in self._done.items() if key in self._words}
        done |= {key: word.changed_at for key, word in self._targets.items()}
        replace_durably(self._path, json.dumps(done).encode())
        self._done, self._targets = done, {}
        if out:
            log.info("spool: cleared of channels that have opted out", channels=sorted(out), records=self._removed)


def keys_of(words: Mapping[str, LastWord]) -> frozenset[bytes]:
    """The spool's keys of the channels that are out."""
    ids = [channel_id.encode() for channel_id, word in words.items() if word.is_out]
    return frozenset([*ids, *(LIFECYCLE_CODE + each for each in ids)])


def read_done(path: Path) -> dict[str, int]:
    """What was obeyed before; empty where nothing is known: it is done again, which does no harm."""
    try:
        return {str(key): int(at) for key, at in json.loads(path.read_text()).items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
