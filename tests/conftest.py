"""How tests are spread over workers: a file stays together, and so does all that starts whole systems."""

import hypothesis
import pytest

hypothesis.settings.register_profile("busy machine", deadline=None)  # speed is for the benchmarks
hypothesis.settings.load_profile("busy machine")

SHARED_SYSTEM = "world"  # the fixture that starts the whole system, once a session


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test the group that one worker runs in order (pytest-xdist's loadgroup), the longest group first.

    Each whole system keeps two cores half busy, so they run one after the other, beside tests that mostly wait.
    """
    items.sort(key=lambda item: not is_heavy(item))  # stable: the order within each half stays
    for item in items:
        item.add_marker(pytest.mark.xdist_group("heavy" if is_heavy(item) else str(item.path)))


def is_heavy(item: pytest.Item) -> bool:
    """Whether the test starts a Flink job or uses the session's whole system."""
    return SHARED_SYSTEM in getattr(item, "fixturenames", ()) or item.get_closest_marker("heavy") is not None
