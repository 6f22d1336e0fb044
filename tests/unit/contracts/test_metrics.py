"""Metric names: each once, in Prometheus's conventions, and buildable."""

import re

from contracts import metrics
from service_runtime.measures import KINDS


def test_names_are_unique_and_counters_end_in_total() -> None:
    names = [metric.name for metric in metrics.ALL]
    assert len(names) == len(set(names))
    for metric in metrics.ALL:
        assert re.fullmatch(r"[a-z][a-z0-9_]+", metric.name)
        assert (metric.kind == "counter") == metric.name.endswith("_total")
        assert metric.kind in KINDS
