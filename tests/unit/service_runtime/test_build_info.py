"""Every service's metrics say which build runs, its own and those that it collects from files."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes.ports import free_ports
from service_runtime import measures
from service_runtime.build_info import build

SAMPLE = 'stream_scout_build_info{{commit="0123abc",service="{}",version="1.4.0"}} 1.0'


@pytest.fixture(autouse=True)
def _built(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As an image sets it."""
    monkeypatch.setenv("STREAM_SCOUT_VERSION", "1.4.0")
    monkeypatch.setenv("STREAM_SCOUT_COMMIT", "0123abc")
    build.cache_clear()
    yield
    build.cache_clear()


def scraped(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return answer.read().decode().splitlines()


def test_a_service_serves_its_build() -> None:
    (port,) = free_ports(1)
    measures.serve("recorder", "127.0.0.1", port)
    assert SAMPLE.format("recorder") in scraped(port)


def test_metrics_of_a_folder_come_with_the_build(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    measures.serve_folder("clip_detector", tmp_path, "127.0.0.1", port)
    assert SAMPLE.format("clip_detector") in scraped(port)


def test_without_an_image_it_is_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_SCOUT_VERSION")
    monkeypatch.delenv("STREAM_SCOUT_COMMIT")
    assert (build().version, build().commit) == ("local", "unknown")
