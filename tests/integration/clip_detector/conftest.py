"""The detector as a process, for the tests of this folder."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from integration.support.clip_detector_process import DetectorRun

from embedded.servers.kafka import Kafka


@pytest.fixture
def start(own_kafka: Kafka, tmp_path: Path) -> Iterator[Callable[..., DetectorRun]]:
    """`start()` runs the detector on the test's folder; none is left at the end."""
    runs: list[DetectorRun] = []

    def start_one(**settings: str) -> DetectorRun:
        runs.append(DetectorRun(own_kafka.bootstrap_servers, tmp_path, **settings))
        return runs[-1]

    yield start_one
    for run in runs:
        run.end()
