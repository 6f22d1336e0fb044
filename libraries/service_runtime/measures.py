"""Creates the contract's Prometheus metrics and serves them."""

from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector

from contracts.metrics import BUILD_INFO, Metric
from service_runtime import build_info
from service_runtime.build_info import BuildCollector
from service_runtime.measuring.memory import MemoryCollector

KINDS = {"counter": Counter, "gauge": Gauge, "histogram": Histogram}


@cache
def measure(metric: Metric) -> Any:  # a Counter, Gauge or Histogram, by the metric's kind
    """Return the process's only instance of a metric; use `.labels(...)` if it has labels."""
    options = {"buckets": metric.buckets} if metric.buckets else {}
    return KINDS[metric.kind](metric.name, metric.help, metric.labels, registry=REGISTRY, **options)


@cache
def give_memory() -> None:
    """Have the process's own registry tell its container's memory, once."""
    REGISTRY.register(MemoryCollector())


def serve(service: str, address: str, port: int) -> None:
    """Serve /metrics on `address:port` from a daemon thread. Raises OSError if the port is taken."""
    measure(BUILD_INFO).labels(**build_info.as_answer(), service=service).set(1)
    give_memory()
    start_http_server(port, addr=address)


def serve_folder(service: str, folder: Path, address: str, port: int) -> None:
    """Serve the metrics of processes that write them to files in `folder`, as their PROMETHEUS_MULTIPROC_DIR asks."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    registry.register(BuildCollector(service))
    registry.register(MemoryCollector())
    start_http_server(port, addr=address, registry=registry)
