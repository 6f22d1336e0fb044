"""Erase opted-out channels from the spool and the quarantine, and keep their new records out of it.

An erased record leaves an empty one, so positions stay as they are. Every segment is replaced whole.
"""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import structlog

from service_runtime.files import replace_durably
from stream_monitoring.privacy.opt_outs import OptOutStatus
from stream_monitoring.spool.batch import LIFECYCLE_CODE
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool

log = structlog.get_logger()
STEP_SECONDS = 0.05  # of one step: frames wait meanwhile; a segment is always finished
RETRY_SECONDS = 10.0  # after a disk error


class Erasure:
    """Erase opted-out channels step by step, each once, also across restarts.

    Threads: `update` in any, `collect_changes` and `without_opted_out` in the capture's, `step` in the disk's.
    """

    def __init__(self, spool: Spool, quarantine: Quarantine) -> None:
        self._spool = spool
        self._quarantine = quarantine
        self._path = spool.directory / "forgotten.json"
        self._done = load_done(self._path)  # channel id to `changed_at` of the status that was carried out
        self._reported = dict(self._done)  # the same for what the job was told
        self._wanted: Mapping[str, OptOutStatus] = {}
        self._keys: frozenset[bytes] = frozenset()
        self._targets: dict[str, OptOutStatus] = {}  # of the present pass over the segments
        self._remaining: list[int] = []
        self._erased_records = 0
        self._not_before = 0.0

    def update(self, opt_outs: Mapping[str, OptOutStatus]) -> None:
        """Carry out these opt-outs from now on."""
        self._keys = keys_of(opt_outs)  # first: no frame written after a pass began may contain them
        self._wanted = dict(opt_outs)

    def without_opted_out(self, parts: list[bytes]) -> list[bytes]:
        """Return the parts of a new frame, each one or several lines, without records of opted-out channels."""
        keys = self._keys
        if not keys:
            return parts
        lines = b"\n".join(parts).split(b"\n") if parts else []
        if keys.isdisjoint(lines[0::2]):
            return parts
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        return [part for pair in pairs if pair[0] not in keys for part in pair]

    def collect_changes(self) -> list[tuple[str, Literal["out", "in"]]]:
        """Return channel id and event of each status that this instance has not reported to the job yet."""
        changes = {key: status for key, status in self._wanted.items() if self._is_news(key, status)}
        self._reported |= {key: status.changed_at for key, status in changes.items()}
        return [(key, "out" if status.is_out else "in") for key, status in changes.items()]

    @property
    def has_changes(self) -> bool:
        """Whether `collect_changes` would return any."""
        return any(self._is_news(key, status) for key, status in self._wanted.items())

    def _is_news(self, channel_id: str, status: OptOutStatus) -> bool:
        return self._reported.get(channel_id) != status.changed_at

    @property
    def is_pending(self) -> bool:
        """Whether `step` has something to do."""
        return bool(self._targets) or any(self._done.get(key) != each.changed_at for key, each in self._wanted.items())

    def step(self) -> None:
        """Erase from some segments; retry later after a disk error, start over after a crash."""
        if time.monotonic() < self._not_before:
            return
        try:
            self._erase_some()
        except OSError as error:
            log.error("spool: cannot erase opted-out channels, trying again", why=str(error))
            self._not_before = time.monotonic() + RETRY_SECONDS

    def _erase_some(self) -> None:
        if not self._targets:
            self._begin()
        keys, deadline = keys_of(self._targets), time.monotonic() + STEP_SECONDS
        while self._remaining and keys and time.monotonic() < deadline:
            self._erased_records += self._spool.erase(self._remaining[0], keys)
            self._remaining.pop(0)
        if self._targets and not (self._remaining and keys):
            self._finish()

    def _begin(self) -> None:
        """Begin a pass for statuses that were reported: their records were synced with the last frame."""
        reported = {key: each for key, each in self._wanted.items() if self._reported.get(key) == each.changed_at}
        self._targets = {key: each for key, each in reported.items() if self._done.get(key) != each.changed_at}
        self._remaining, self._erased_records = self._spool.segment_starts(), 0

    def _finish(self) -> None:
        out = {key: status for key, status in self._targets.items() if status.is_out}
        for channel_id, status in out.items():
            self._quarantine.erase(channel_id, status.login)
        done = {key: at for key, at in self._done.items() if key in self._wanted}
        done |= {key: status.changed_at for key, status in self._targets.items()}
        replace_durably(self._path, json.dumps(done).encode())
        self._done, self._targets = done, {}
        if out:
            log.info("spool: opted-out channels erased", channels=sorted(out), records=self._erased_records)


def keys_of(opt_outs: Mapping[str, OptOutStatus]) -> frozenset[bytes]:
    """Return the spool's keys of the channels that are out."""
    ids = [channel_id.encode() for channel_id, status in opt_outs.items() if status.is_out]
    return frozenset([*ids, *(LIFECYCLE_CODE + each for each in ids)])


def load_done(path: Path) -> dict[str, int]:
    """Return what was carried out before; empty if unknown: erasing again does no harm."""
    try:
        return {str(key): int(at) for key, at in json.loads(path.read_text()).items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}
