"""Tests of delivery run with `make test-delivery` only: they take minutes, and some need what not every machine has."""

import os
from pathlib import Path

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip this folder's tests unless they were asked for."""
    if os.environ.get("DELIVERY"):
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="make test-delivery"))
