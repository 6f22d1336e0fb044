"""Both machines with their containers, and what is found in the store."""

import signal
from collections import Counter
from pathlib import Path

from integration.support.docker_logs import DockerLog
from integration.support.log_collector_process import LogCollector, LogSource
from integration.support.log_store import LogStore

from embedded.processes.waiting import wait_for

SECONDS = 40.0  # the machine may be busy


class World:
    """Started by the test, so that it can start parts late."""

    def __init__(self, folder: Path, poll_seconds: str = "0.1") -> None:
        self.folder = folder
        self.roots = {machine: folder / machine for machine in ("reliable", "processing")}
        for root in self.roots.values():
            root.mkdir()
        self.store = LogStore(folder / "store")
        self.sources = {machine: LogSource(folder, root, f"source-{machine}") for machine, root in self.roots.items()}
        urls = {machine: source.url for machine, source in self.sources.items()}
        self.collector = LogCollector(folder, self.store.url, urls["processing"], urls["reliable"], poll_seconds)

    def start(self) -> None:
        self.store.start()
        for source in self.sources.values():
            source.start()
        self.collector.start()

    def stop(self) -> None:
        for program in (self.collector, *self.sources.values(), self.store):
            program.stop(signal.SIGKILL)

    def container(self, service: str, machine: str = "processing", number: int = 1, **options: int) -> DockerLog:
        return DockerLog(self.roots[machine], service, number, **options)

    def messages(self, service: str) -> Counter[str]:
        """How often each message of a service is stored."""
        return Counter(found["_msg"] for found in self.store.ask(f'service:="{service}" | fields _msg'))

    def has(self, service: str, number: int) -> Counter[str]:
        """Wait until so many entries are stored, and return them."""
        wait_for(f"{number} entries", lambda: self.messages(service).total() >= number, SECONDS)
        return self.messages(service)
