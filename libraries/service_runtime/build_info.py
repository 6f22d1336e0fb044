"""Which build runs: its version and commit, which the image brings as variables."""

from collections.abc import Iterator
from functools import cache
from typing import cast

from prometheus_client.core import GaugeMetricFamily, Metric

from contracts.metrics import BUILD_INFO
from service_runtime.settings import BuildSettings, load_all


@cache
def build() -> BuildSettings:
    """Return the build of this process; it never changes while it runs."""
    (settings,) = load_all(BuildSettings)
    return cast(BuildSettings, settings)


def as_answer() -> dict[str, str]:
    """Return the fields that /ready shows."""
    return {"version": build().version, "commit": build().commit}


class BuildCollector:
    """Gives a registry the metric of the build, for a process that collects the metrics of others."""

    def __init__(self, service: str) -> None:
        self._values = [build().version, build().commit, service]

    def collect(self) -> Iterator[Metric]:
        """Yield the one sample."""
        family = GaugeMetricFamily(BUILD_INFO.name, BUILD_INFO.help, labels=BUILD_INFO.labels)
        family.add_metric(self._values, 1.0)
        yield family
