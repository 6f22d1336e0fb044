"""Make checkpoints survive a power cut: sync them, and note each one that is safe to start from.

A checkpoint is safe once its files are on the disk and so are the records that the job had read when it was made. Flink
does not sync its files, so this module does. Kafka syncs chat only after some seconds, so a checkpoint is noted that
much later, with the last record that each partition had when it was made (`log_ends`).
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from clip_detector.recovery.checkpoints import CheckpointShelf, name_of, synced, write_notes
from clip_detector.recovery.log_ends import Ends
from contracts.topics import FLUSH_MS
from service_runtime.files import sync_path

POLL_SECONDS = 0.5  # checkpoints come every few seconds; a start skips one that is not noted yet
SETTLE_SECONDS = 2 * FLUSH_MS / 1000  # by then Kafka has flushed what it had; the broker's flusher looks every second


class CheckpointNotes:
    """Notes the checkpoints of this run. `ends_now`: see `LogEnds.now`; `now`: seconds that only go forward.

    A checkpoint that an earlier run made and did not note is never noted: Kafka may have lost what it had read.
    """

    def __init__(
        self, shelf: CheckpointShelf, ends_now: Callable[[], Ends | None], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._shelf, self._ends_now, self._now = shelf, ends_now, now
        self._seen = {name_of(checkpoint) for checkpoint in shelf.whole()}
        self._settling: dict[str, tuple[float, Ends]] = {}  # when Kafka has flushed what the checkpoint has read

    def look(self) -> list[str]:
        """Sync new checkpoints, note those that have settled; return their names. Raises OSError, KafkaException."""
        present = {name_of(checkpoint): checkpoint for checkpoint in self._shelf.whole()}
        fresh = {name: checkpoint for name, checkpoint in present.items() if name not in self._seen}
        if fresh and (ends := self._ends_now()) is not None:  # the ends are read after the checkpoints were made
            for name, checkpoint in fresh.items():
                if _sync_checkpoint(checkpoint):
                    self._settling[name] = (self._now() + SETTLE_SECONDS, ends)
                self._seen.add(name)
            self._shelf.note_progress()
        return self._note_settled(set(present))

    def _note_settled(self, present: set[str]) -> list[str]:
        settled = {name: ends for name, (due, ends) in self._settling.items() if due <= self._now()}
        for name in settled:
            del self._settling[name]
        kept = {name: ends for name, ends in settled.items() if name in present}
        if kept:
            sync_path(self._shelf.directory)
            known = synced(self._shelf.directory) or {}
            write_notes(self._shelf.directory, {name: ends for name, ends in known.items() if name in present} | kept)
        return sorted(kept)


def keep_synced(notes: CheckpointNotes, stop: threading.Event) -> None:
    """Note checkpoints until `stop` is set. Raises OSError if the disk fails, KafkaException."""
    while not stop.wait(POLL_SECONDS):
        notes.look()


def _sync_checkpoint(checkpoint: Path) -> bool:
    """Sync its files, then the directories; return False if Flink has dropped it meanwhile."""
    try:
        for path in (*checkpoint.iterdir(), checkpoint, checkpoint.parent):
            sync_path(path)
    except FileNotFoundError:
        return False
    return True
