"""A recorder that ends with the test, and a writer into its tables."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from integration.support.recorder_process import (
    Recorder,
)
from integration.support.recorder_writer import Writer


@pytest.fixture
def start_with(tmp_path: Path) -> Iterator[Callable[..., Recorder]]:
    """`start_with(kafka, dsn, **settings)`: a recorder that ends with the test."""
    started: list[Recorder] = []

    def starter(kafka: str, dsn: str, **settings: str) -> Recorder:
        started.append(Recorder(kafka, dsn, tmp_path / f"recorder{len(started)}.log", **settings))
        return started[-1]

    yield starter
    for recorder in started:
        if recorder.process.poll() is None:
            recorder.end(signal.SIGKILL)
        sys.stdout.write(recorder.log.read_text())


@pytest.fixture
def start(start_with: Callable[..., Recorder], kafka: str, postgres: str) -> Callable[..., Recorder]:
    """`start(**settings)`: a recorder on the session's Kafka and the test's database."""
    return lambda dsn=postgres, **settings: start_with(kafka, dsn, **settings)


@pytest.fixture
def writer(postgres: str) -> Iterator[Writer]:
    """A writer into a fresh database."""
    made = Writer(postgres)
    yield made
    made.store.close()


@pytest.fixture
def rows(postgres: str) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """`rows(query)` as dictionaries."""
    with psycopg.connect(postgres, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        yield lambda query: connection.execute(query).fetchall()  # type: ignore[call-overload]
