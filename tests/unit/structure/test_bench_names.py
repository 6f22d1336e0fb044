"""A bench is started by its path, so its folder comes first where Python looks for modules."""

from pathlib import Path

import pytest

from embedded.paths import REPOSITORY

BENCHES = sorted((REPOSITORY / "tests" / "benchmarks").glob("*.py"))
OURS = {path.parent.name for room in ("libraries", "services", "tools") for path in (REPOSITORY / room).glob("*/*.py")}


@pytest.mark.parametrize("bench", BENCHES, ids=lambda path: path.name)
def test_no_bench_hides_a_package_of_ours(bench: Path) -> None:
    assert bench.stem not in OURS
