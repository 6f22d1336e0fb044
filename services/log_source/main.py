"""Starts the source: one thread looks for files, one serves. Variables: LOG_SOURCE_FOLDER, _BIND_ADDRESS, _PORT."""

import json
import os
import signal
import sys
import threading

from log_source.held_files import HeldFiles
from log_source.server import Server

SCAN_SECONDS = 1.0  # a container that is removed sooner after its start leaves no lines
STACK_BYTES = 256 << 10


def log(level: str, event: str, **fields: object) -> None:
    """Write a line as the other services do, whose libraries would take three times this process's memory."""
    line = {"service": "log_source", "level": level, "event": event, **fields}
    sys.stderr.write(json.dumps(line) + "\n")


def keep_looking(files: HeldFiles, stop: threading.Event) -> None:
    """Look for files until `stop`; tell once when the folder cannot be read."""
    failed = ""
    while not stop.is_set():
        try:
            files.scan()
            failed = ""
        except OSError as error:
            if str(error) != failed:
                log("error", "Docker's logs cannot be read; see LOG_SOURCE_FOLDER", reason=str(error))
            failed = str(error)
        stop.wait(SCAN_SECONDS)


def main() -> int:
    """Serve until a stop signal."""
    folder = os.environ.get("LOG_SOURCE_FOLDER") or "/var/lib/docker/containers"
    address, port = (
        os.environ.get("LOG_SOURCE_BIND_ADDRESS") or "127.0.0.1",
        os.environ.get("LOG_SOURCE_PORT") or "9109",
    )
    files, stop = HeldFiles(folder), threading.Event()
    threading.stack_size(STACK_BYTES)
    try:
        server = Server(address, int(port), files)
    except (OSError, ValueError, OverflowError) as error:
        sys.stderr.write(f"LOG_SOURCE_PORT: cannot listen on {address}:{port}: {error}\n")
        return 1
    looking = threading.Thread(target=keep_looking, args=(files, stop), name="looking", daemon=True)
    looking.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    log("info", "log source started", folder=folder, port=int(port))
    server.serve_forever(poll_interval=1.0)
    stop.set()
    return 0
