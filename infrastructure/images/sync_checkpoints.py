"""Syncs each finished checkpoint of the cluster's job to the disk and notes it: `sync_checkpoints.py DIRECTORY`."""

import sys
import threading
from pathlib import Path

from clip_detector.recovery.checkpoint_sync import keep_synced
from clip_detector.recovery.checkpoints import CheckpointShelf

if __name__ == "__main__":
    shelf = CheckpointShelf(Path(sys.argv[1]))
    keep_synced(shelf.directory, shelf.whole, threading.Event())
