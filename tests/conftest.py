"""How tests are spread over workers: a file stays together, and so does all that shares one running system."""

import hypothesis
import pytest

hypothesis.settings.register_profile("busy machine", deadline=None)  # speed is for the benchmarks
hypothesis.settings.load_profile("busy machine")

SHARED_SYSTEM = "world"  # the fixture that starts the whole system, once a session


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test the group that one worker runs in order (pytest-xdist's loadgroup)."""
    for item in items:
        together = SHARED_SYSTEM if SHARED_SYSTEM in getattr(item, "fixturenames", ()) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))
