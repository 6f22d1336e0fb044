"""How tests are spread over workers: a file stays together, and so does all that starts whole systems."""

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from integration.support.postgres_fixtures import postgres, postgres_of_module, postgres_server
from integration.support.service_start import forked_services
from xdist.scheduler import LoadScopeScheduling

__all__ = ["postgres", "postgres_of_module", "postgres_server"]  # fixtures

# Each worker imports every test file, and services start some hundred times: what was compiled is kept, also where the
# environment says otherwise.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

hypothesis.settings.register_profile("busy machine", deadline=None)  # speed is for the benchmarks
hypothesis.settings.load_profile("busy machine")

# Files that start a Flink job or the whole system. Each keeps two cores half busy, so they run one after the other,
# beside tests that mostly wait; and first, because together they take longest.
HEAVY = ("tests/end_to_end/", "tests/integration/clip_detector/")
SHARED_SYSTEM = "world"  # the fixture that starts it


@pytest.fixture(scope="session", autouse=True)
def services_are_forked() -> Iterator[None]:
    """Services that tests start alone are forks of a process that has imported them."""
    with forked_services():
        yield


class OneSystemAtATime(LoadScopeScheduling):
    """Gives a worker a whole file, or all heavy ones."""

    def _split_scope(self, nodeid: str) -> str:
        return "heavy" if nodeid.startswith(HEAVY) else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """pytest-xdist's hook."""
    return OneSystemAtATime(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the heavy files first, and in them what shares one system last: it starts when the others have ended."""
    items.sort(key=lambda item: (not item.nodeid.startswith(HEAVY), SHARED_SYSTEM in getattr(item, "fixturenames", ())))
