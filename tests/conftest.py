"""How tests are spread over workers: a file stays together, and so does all that shares one running system."""

import hypothesis
import pytest

hypothesis.settings.register_profile("busy machine", deadline=None)  # speed is for the benchmarks
hypothesis.settings.load_profile("busy machine")

SHARED_SYSTEM = "world"  # the fixture that starts the whole system, once a session


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what shares one running system at the end, so that it does not run beside all the others.

    Each test also gets the group that one worker runs in order (pytest-xdist's loadgroup, `make test WORKERS=2`).
    """
    items.sort(key=shares_the_system)  # stable: the order within each half stays
    for item in items:
        item.add_marker(pytest.mark.xdist_group(SHARED_SYSTEM if shares_the_system(item) else str(item.path)))


def shares_the_system(item: pytest.Item) -> bool:
    """Whether the test uses the session's running system."""
    return SHARED_SYSTEM in getattr(item, "fixturenames", ())
