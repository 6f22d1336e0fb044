"""How tests are spread over workers: a file stays together, and so does what starts whole systems."""

import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest
from integration.support.postgres_fixtures import postgres, postgres_of_module, postgres_server
from integration.support.service_start import forked_services
from integration.support.whole_target import pytest_sessionfinish
from xdist.scheduler import LoadScopeScheduling

__all__ = ["postgres", "postgres_of_module", "postgres_server", "pytest_sessionfinish"]  # fixtures, and a hook

# Each worker imports every test file, and services start some hundred times: what was compiled is kept, also where the
# environment says otherwise.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

hypothesis.settings.register_profile("busy machine", deadline=None)  # speed is for the benchmarks
hypothesis.settings.load_profile("busy machine")

# Files that start a Flink job or the whole system: of each group one after the other, because a system keeps a core
# busy; and first, because together they take longest.
GROUPS = {
    "systems that a test starts": ("tests/end_to_end/test_demo_lifecycle.py", "tests/end_to_end/test_replay.py"),
    "Flink jobs, and the shared system": ("tests/integration/clip_detector/", "tests/end_to_end/test_"),
}
SHARED_SYSTEM = "world"  # the fixture that starts it


@pytest.fixture(scope="session", autouse=True)
def services_are_forked() -> Iterator[None]:
    """Services that tests start alone are forks of a process that has imported them."""
    with forked_services():
        yield


class OneSystemOfAGroup(LoadScopeScheduling):
    """Gives a worker a whole file, or a whole group."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid.split("::", 1)[0]


def group_of(nodeid: str) -> str:
    """Return the group of a test; empty if it has none."""
    return next((name for name, files in GROUPS.items() if nodeid.startswith(files)), "")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """pytest-xdist's hook."""
    return OneSystemOfAGroup(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups first, and in them what shares one system last: it starts when the others have ended."""
    order = [*GROUPS, ""]
    items.sort(
        key=lambda item: (order.index(group_of(item.nodeid)), SHARED_SYSTEM in getattr(item, "fixturenames", ()))
    )
