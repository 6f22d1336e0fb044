"""A container's memory, read where the kernel tells it."""

from pathlib import Path

import pytest

from service_runtime.measuring.memory import MemoryCollector


def samples(folder: Path) -> dict[str, float]:
    return {family.name: family.samples[0].value for family in MemoryCollector(folder).collect()}


@pytest.fixture
def cgroup(tmp_path: Path) -> Path:
    (tmp_path / "memory.current").write_text("90000000\n")
    (tmp_path / "memory.stat").write_text("anon 60000000\ninactive_file 20000000\nactive_file 5000000\n")
    (tmp_path / "memory.max").write_text("100663296\n")
    return tmp_path


def test_files_that_can_be_dropped_take_no_memory(cgroup: Path) -> None:
    assert samples(cgroup) == {"stream_scout_memory_bytes": 70e6, "stream_scout_memory_limit_bytes": 100663296}


def test_without_a_limit_there_is_none(cgroup: Path) -> None:
    (cgroup / "memory.max").write_text("max\n")
    assert samples(cgroup) == {"stream_scout_memory_bytes": 70e6}


def test_outside_of_a_container_nothing_is_told(tmp_path: Path) -> None:
    assert samples(tmp_path) == {}
