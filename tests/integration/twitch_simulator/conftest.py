"""A simulator for the tests of one file."""

from collections.abc import Iterator

import pytest
from integration.support.quiet_simulator import QUIET

from twitch_simulator.process import SimulatorProcess


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    """Eight live channels with 60 messages a second and nothing that happens by itself."""
    truth = tmp_path_factory.mktemp("simulator") / "truth"
    flags = ("--channels", "8", "--messages-per-second", "60", "--clip-delay-seconds", "0", *QUIET)
    with SimulatorProcess(truth, *flags) as process:
        yield process


@pytest.fixture
def room(simulator: SimulatorProcess) -> str:
    """The login of the largest channel."""
    return simulator.state()["channels"][0]["login"]
