"""Notes the checkpoints of the cluster's job that survive a power cut: `sync_checkpoints.py DIRECTORY`."""

import sys
import threading
from pathlib import Path

from clip_detector.recovery.checkpoint_sync import CheckpointNotes, keep_synced
from clip_detector.recovery.checkpoints import CheckpointShelf
from clip_detector.recovery.log_ends import LogEnds
from service_runtime.settings import KafkaSettings, load_all

if __name__ == "__main__":
    shelf = CheckpointShelf(Path(sys.argv[1]))
    (kafka,) = load_all(KafkaSettings)
    keep_synced(CheckpointNotes(shelf, LogEnds(kafka).now), threading.Event())
