"""Broadcasters who opted out of being watched: the list in Postgres for all instances, and a copy on this disk."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import structlog

from service_runtime.files import replace_durably

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class OptOutStatus:
    """A channel's latest decision: `is_out`, or that it may be watched again. `changed_at`: milliseconds."""

    login: str
    is_out: bool
    changed_at: int


OptOutList = dict[str, OptOutStatus]  # by channel id


class SharedOptOuts(Protocol):
    """Where all instances read the list."""

    def read_opt_outs(self) -> OptOutList:
        """Return every status, withdrawn opt-outs too. Raises PostgresAwayError."""

    def restore_opt_outs(self, opt_outs: OptOutList) -> None:
        """Write these unless an equally new status is there. Raises PostgresAwayError."""


def merge(ours: Mapping[str, OptOutStatus], theirs: Mapping[str, OptOutStatus]) -> OptOutList:
    """Return the later status of each channel; theirs if both are from the same time."""
    return {**ours, **theirs} | newer_than(theirs, ours)


def newer_than(theirs: Mapping[str, OptOutStatus], ours: Mapping[str, OptOutStatus]) -> OptOutList:
    """Return what is missing from theirs or older there than in ours, as after an old backup was restored."""
    return {
        channel_id: status
        for channel_id, status in ours.items()
        if channel_id not in theirs or status.changed_at > theirs[channel_id].changed_at
    }


class OptOuts:
    """The list as this instance knows it; `refresh` and `excludes` may be called from different threads."""

    def __init__(self, shared: SharedOptOuts | None, path: Path) -> None:
        self._shared = shared
        self._path = path
        self.statuses = load_opt_outs(path)

    def refresh(self) -> None:
        """Take over what is new in Postgres, and write back what a restored backup lost.

        Raises PostgresAwayError; the known list stays in force.
        """
        if self._shared is None:
            return
        theirs = self._shared.read_opt_outs()
        if missing := newer_than(theirs, self.statuses):
            log.warning("opt-outs: missing from Postgres, writing them back", channels=sorted(missing))
            self._shared.restore_opt_outs(missing)
        statuses = merge(self.statuses, theirs)
        if statuses != self.statuses:
            self.statuses = statuses
            save_opt_outs(self._path, statuses)

    def excludes(self, channel_id: str | None, login: str) -> bool:
        """Return whether this channel must not be read; the login counts only while the id is unknown."""
        if channel_id is not None:
            return channel_id in self.statuses and self.statuses[channel_id].is_out
        return any(status.is_out and status.login == login for status in self.statuses.values())


def load_opt_outs(path: Path) -> OptOutList:
    """Return the copy, empty if there is none. Raises SystemExit if it is damaged: nobody may be read by mistake."""
    try:
        known = json.loads(path.read_text())
        return {
            str(key): OptOutStatus(str(e["login"]), bool(e["is_out"]), int(e["changed_at"])) for key, e in known.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SystemExit(
            f"{path} is damaged ({error}): it lists channels that must not be read. Delete it if Postgres has the list"
        ) from error


def save_opt_outs(path: Path, opt_outs: OptOutList) -> None:
    """Replace the copy, whole or not at all; a full disk is logged, the list is in Postgres as well."""
    try:
        replace_durably(path, json.dumps({key: asdict(status) for key, status in opt_outs.items()}).encode())
    except OSError as error:
        log.error("opt-outs: cannot save the copy", path=str(path), why=str(error))
