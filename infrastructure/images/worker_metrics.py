"""Serves the metrics of the task manager's Python workers, which are processes of their own, on one port.

prometheus_client writes them to files, because PROMETHEUS_MULTIPROC_DIR is set; this adds the files up.
"""

import os
import sys
import threading

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

if __name__ == "__main__":
    registry = CollectorRegistry()
    MultiProcessCollector(registry, os.environ["PROMETHEUS_MULTIPROC_DIR"])
    start_http_server(int(sys.argv[1]), registry=registry)
    threading.Event().wait()
