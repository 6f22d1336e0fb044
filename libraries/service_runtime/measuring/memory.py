"""What the container takes of its memory limit, as the kernel counts it (cgroup v2)."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric

from contracts.metrics import MEMORY, MEMORY_LIMIT

CGROUP = Path("/sys/fs/cgroup")  # of the container, inside of it


class MemoryCollector:
    """Gives a registry the container's memory; nothing outside of a container, where there is no such file."""

    def __init__(self, folder: Path = CGROUP) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Yield what is taken without cached files that nobody uses, and the limit if there is one. Bytes."""
        try:
            yield GaugeMetricFamily(MEMORY.name, MEMORY.help, value=self._taken())
            if (limit := self._read("memory.max")) != "max":
                yield GaugeMetricFamily(MEMORY_LIMIT.name, MEMORY_LIMIT.help, value=int(limit))
        except OSError:
            return

    def _taken(self) -> int:
        """Return what the kernel could not give back at once: the same sum as `docker stats`."""
        parts = dict(line.split() for line in self._read("memory.stat").splitlines())
        return int(self._read("memory.current")) - int(parts["inactive_file"])

    def _read(self, name: str) -> str:
        return (self._folder / name).read_text().strip()
