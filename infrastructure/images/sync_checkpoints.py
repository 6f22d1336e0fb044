"""Syncs each finished checkpoint of the cluster's job to the disk and notes it: `sync_checkpoints.py DIRECTORY`."""

import sys
import threading
from pathlib import Path

from clip_detector.checkpoints import CheckpointShelf
from clip_detector.synced import keep_synced

if __name__ == "__main__":
    shelf = CheckpointShelf(Path(sys.argv[1]))
    keep_synced(shelf.directory, shelf.whole, threading.Event())
