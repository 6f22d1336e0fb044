"""The checkpoints on disk: which one to start from, which ones failed to restore, which ones to delete.

Flink gives each run its own job id and folder, JOB_ID/chk-N, and a run never looks for those of another.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from clip_detector.recovery.log_ends import Ends, LastRecord
from service_runtime.files import replace_durably

log = structlog.get_logger()
METADATA = "_metadata"
MAGIC = bytes.fromhex("4960672d")  # the first bytes of every _metadata file
KEPT = 3
START_LIMIT = 2  # starts from one checkpoint that led to no newer one: taken for a checkpoint that cannot be restored
ATTEMPTS_FILE = "attempts.json"
SYNCED_FILE = "synced.json"
Notes = dict[str, Ends]  # by the checkpoint's name


def synced(directory: Path) -> Notes | None:
    """Return the noted checkpoints as JOB_ID/chk-N, each with the ends of the log; None if none was ever noted."""
    try:
        noted = json.loads((directory / SYNCED_FILE).read_text())
        if isinstance(noted, list):  # of a version whose Kafka synced all before it acknowledged
            return {name: {} for name in noted}
        return {name: {int(number): LastRecord(*end) for number, end in ends.items()} for name, ends in noted.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def write_notes(directory: Path, notes: Mapping[str, Ends]) -> None:
    """Replace the notes. Raises OSError."""
    replace_durably(directory / SYNCED_FILE, json.dumps(notes, sort_keys=True).encode())


def name_of(checkpoint: Path) -> str:
    """Return the checkpoint's name, JOB_ID/chk-N."""
    return f"{checkpoint.parent.name}/{checkpoint.name}"


@dataclass(frozen=True)
class CheckpointShelf:
    """The folder of checkpoints, the same for every run of the job."""

    directory: Path

    def newest_first(self) -> list[Path]:
        """Return every checkpoint of every run that is safe to start from, newest first.

        A checkpoint that was not noted as synced is skipped: after a power cut its files may be incomplete.
        """
        noted = synced(self.directory)
        safe = [chk for chk in self.whole() if noted is None or name_of(chk) in noted]
        return sorted(safe, key=lambda chk: (chk / METADATA).stat().st_mtime_ns, reverse=True)

    def whole(self) -> list[Path]:
        """Return every finished checkpoint of every run: those with a readable _metadata."""
        return [chk for chk in self.directory.glob("*/chk-*") if _is_whole(chk)]

    def choose(self) -> Path | None:
        """Return the newest checkpoint that has not failed to restore, or None."""
        attempts = self._attempts()
        return next((chk for chk in self.newest_first() if attempts.get(str(chk), 0) < START_LIMIT), None)

    def drop_overtaken(self, are_kept: Callable[[Ends], bool]) -> None:
        """Forget the checkpoints that have read records which Kafka lost. `are_kept`: see `LogEnds`; raises as it does.

        After a power cut Kafka gives the offsets of lost records to others, which such a checkpoint would skip.
        """
        noted = synced(self.directory)
        if noted is None:
            return
        kept = {name: ends for name, ends in noted.items() if are_kept(ends)}
        if len(kept) < len(noted):
            log.warning(
                "Kafka lost records that these checkpoints have read, they are dropped",
                checkpoints=sorted(noted.keys() - kept.keys()),
                kept=sorted(kept),
            )
            write_notes(self.directory, kept)

    def failed(self) -> list[Path]:
        """Return the checkpoints that will not be tried again."""
        attempts = self._attempts()
        return [chk for chk in self.newest_first() if attempts.get(str(chk), 0) >= START_LIMIT]

    def note_start(self, checkpoint: Path) -> None:
        """Note that a run starts from `checkpoint`."""
        attempts = self._attempts()
        attempts[str(checkpoint)] = attempts.get(str(checkpoint), 0) + 1
        present = {path: count for path, count in attempts.items() if Path(path).exists()}
        replace_durably(self.directory / ATTEMPTS_FILE, json.dumps(present).encode())

    def note_progress(self) -> None:
        """Note that the present run has made a checkpoint: the one it started from could be restored."""
        (self.directory / ATTEMPTS_FILE).unlink(missing_ok=True)

    def prune(self) -> list[Path]:
        """Delete the runs without one of the newest checkpoints; return their folders."""
        kept = {chk.parent for chk in self.newest_first()[:KEPT]}
        old = [run for run in self.directory.iterdir() if run.is_dir() and run not in kept]
        for run in old:
            shutil.rmtree(run, ignore_errors=True)
        return old

    def _attempts(self) -> dict[str, int]:
        try:
            attempts: dict[str, int] = json.loads((self.directory / ATTEMPTS_FILE).read_text())
        except (OSError, ValueError):
            return {}
        return attempts


def _is_whole(checkpoint: Path) -> bool:
    try:
        with (checkpoint / METADATA).open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False
