"""Creates the contract's Prometheus metrics and serves them."""

from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from contracts.metrics import Metric
from service_runtime.build import BuildInfo

KINDS = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


@cache
def measure(metric: Metric) -> Any:  # a Counter, Gauge or Histogram, by the metric's kind
    """Return the process's only instance of a metric; use `.labels(...)` if it has labels."""
    options = {"buckets": metric.buckets} if metric.buckets else {}
    return KINDS[metric.kind](metric.name, metric.help, metric.labels, registry=REGISTRY, **options)


@cache
def tell_build() -> None:
    """Add the version that runs to this process's metrics."""
    REGISTRY.register(BuildInfo())


def serve(address: str, port: int) -> None:
    """Serve /metrics on `address:port` from a daemon thread. Raises OSError if the port is taken."""
    tell_build()
    start_http_server(port, addr=address)


def serve_folder(folder: Path, address: str, port: int) -> None:
    """Serve the metrics of processes that write them to files in `folder`, as their PROMETHEUS_MULTIPROC_DIR asks."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(BuildInfo())
    start_http_server(port, addr=address, registry=registry)
