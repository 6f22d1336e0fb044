"""A database as the recorder fills it."""

from collections.abc import Iterator

import pytest
from integration.support.api_frontend_process import Rows


@pytest.fixture
def rows(postgres: str) -> Iterator[Rows]:
    """What the recorder writes: two channels and a pipeline that runs."""
    rows = Rows(postgres)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    rows.progress()
    yield rows
    rows.close()
