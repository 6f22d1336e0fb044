"""Make checkpoints survive a power cut: Flink does not sync its files, so they are synced here and noted."""

import json
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from service_runtime.files import replace_durably, sync_path

SYNCED_FILE = "synced.json"
POLL_SECONDS = 0.5  # checkpoints come every few seconds; a start skips one that is not noted yet


def synced(directory: Path) -> frozenset[str] | None:
    """Return the noted checkpoints as JOB_ID/chk-N; None if none was ever noted."""
    try:
        return frozenset(json.loads((directory / SYNCED_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def name_of(checkpoint: Path) -> str:
    """Return the checkpoint's name, JOB_ID/chk-N."""
    return f"{checkpoint.parent.name}/{checkpoint.name}"


def sync_and_note(directory: Path, whole: Iterable[Path]) -> list[Path]:
    """Sync finished checkpoints to the disk, then note them; return those that were not noted before."""
    checkpoints = list(whole)
    known = synced(directory) or frozenset()
    fresh = [chk for chk in checkpoints if name_of(chk) not in known and _sync_checkpoint(chk)]
    if fresh:
        sync_path(directory)
        present = {name_of(chk) for chk in checkpoints}
        noted = sorted((known & present) | {name_of(chk) for chk in fresh})
        replace_durably(directory / SYNCED_FILE, json.dumps(noted).encode())
    return fresh


def keep_synced(directory: Path, whole: Callable[[], Iterable[Path]], stop: threading.Event) -> None:
    """Note each checkpoint soon after it is finished, until `stop` is set. Raises OSError if the disk fails."""
    while not stop.wait(POLL_SECONDS):
        sync_and_note(directory, whole())


def _sync_checkpoint(checkpoint: Path) -> bool:
    """Sync its files, then the directories; return False if Flink has dropped it meanwhile."""
    try:
        for path in (*checkpoint.iterdir(), checkpoint, checkpoint.parent):
            sync_path(path)
    except FileNotFoundError:
        return False
    return True
