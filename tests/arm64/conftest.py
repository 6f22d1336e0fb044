"""Tests of arm64 run with `make test-arm64` only: under qemu each takes minutes."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip this folder's tests unless they were asked for."""
    if os.environ.get("ARM64"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="make test-arm64"))
