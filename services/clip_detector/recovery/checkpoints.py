"""The checkpoints on disk: which one to start from, which ones failed to start, which ones to drop.

Flink gives each run a job id and a folder of its own, JOB_ID/chk-N; a run never looks for those of another.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from clip_detector.recovery.checkpoint_sync import name_of, synced
from service_runtime.files import replace_durably

METADATA = "_metadata"
MAGIC = bytes.fromhex("4960672d")  # first bytes of every _metadata that Flink writes
KEPT = 3
START_LIMIT = 2  # starts from one checkpoint that brought no newer one: it cannot be restored
ATTEMPTS_FILE = "attempts.json"


@dataclass(frozen=True)
class CheckpointShelf:
    """The folder that all runs write their checkpoints to."""

    directory: Path

    def newest_first(self) -> list[Path]:
        """Every checkpoint of every run that is safe to start from.

        One that was not noted as synced is left out: after a power cut its files may be empty or half there.
        """
        noted = synced(self.directory)
        safe = [chk for chk in self.whole() if noted is None or name_of(chk) in noted]
        return sorted(safe, key=lambda chk: (chk / METADATA).stat().st_mtime_ns, reverse=True)

    def whole(self) -> list[Path]:
        """Every finished checkpoint of every run; one without a readable _metadata is left out."""
        return [chk for chk in self.directory.glob("*/chk-*") if _is_whole(chk)]

    def choose(self) -> Path | None:
        """The newest checkpoint that has not failed to start; None where there is none."""
        attempts = self._attempts()
        return next((chk for chk in self.newest_first() if attempts.get(str(chk), 0) < START_LIMIT), None)

    def failed(self) -> list[Path]:
        """Checkpoints that will not be tried again."""
        attempts = self._attempts()
        return [chk for chk in self.newest_first() if attempts.get(str(chk), 0) >= START_LIMIT]

    def note_start(self, checkpoint: Path) -> None:
        """Remember that a run starts from `checkpoint`."""
        attempts = self._attempts()
        attempts[str(checkpoint)] = attempts.get(str(checkpoint), 0) + 1
        present = {path: count for path, count in attempts.items() if Path(path).exists()}
        replace_durably(self.directory / ATTEMPTS_FILE, json.dumps(present).encode())

    def prune(self) -> list[Path]:
        """Delete what no start would use: runs without one of the newest checkpoints. Returns their folders."""
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
