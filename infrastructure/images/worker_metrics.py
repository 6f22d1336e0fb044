"""Serves the metrics that the task manager's Python writes to files, because PROMETHEUS_MULTIPROC_DIR is set."""

import os
import sys
import threading
from pathlib import Path

from service_runtime.measures import serve_folder

if __name__ == "__main__":
    serve_folder(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), "0.0.0.0", int(sys.argv[1]))  # noqa: S104  # nosec B104: inside of the container
    threading.Event().wait()
