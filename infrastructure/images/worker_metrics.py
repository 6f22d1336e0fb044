"""Serves the metrics that the task manager's Python writes to files, because PROMETHEUS_MULTIPROC_DIR is set."""

import os
import sys
import threading
from pathlib import Path

from service_runtime.measures import serve_folder

if __name__ == "__main__":
    everywhere = "0.0.0.0"  # noqa: S104  # nosec B104: inside of the container
    serve_folder("clip_detector", Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), everywhere, int(sys.argv[1]))
    threading.Event().wait()
