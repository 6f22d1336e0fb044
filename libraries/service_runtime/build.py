"""Which version of Stream Scout runs, as its image says it."""

from collections.abc import Iterator
from functools import cache

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from contracts.metrics import BUILD_INFO
from service_runtime.settings import BuildSettings


@cache
def build() -> dict[str, str]:
    """Return `version` and `commit`, as `/ready` says them."""
    settings = BuildSettings()
    return {"version": settings.version, "commit": settings.commit}


class BuildInfo(Collector):
    """The metric of the version. No Gauge: what several processes write into files would have their numbers too."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the one sample."""
        found = GaugeMetricFamily(BUILD_INFO.name, BUILD_INFO.help, labels=BUILD_INFO.labels)
        found.add_metric([build()[name] for name in BUILD_INFO.labels], 1)
        yield found
