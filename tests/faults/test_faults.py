"""Each fault during a burst: nothing lost or doubled outside of gaps, one moment, at most one clip."""

import pytest
from end_to_end.world import World
from faults.catalogue import FaultPoints, catalogue
from faults.play import Fault, PlayedFault, measure, play
from faults.recount import Log, read_log
from faults.table import add, is_chosen

from embedded.addresses import Ports

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600)]
FAULTS = {each.name: each for each in catalogue(FaultPoints())}


@pytest.fixture(scope="module")
def all_played(faulty: World, points: tuple[FaultPoints, Ports]) -> dict[str, PlayedFault | Exception]:
    """Inject every selected fault in turn, while the moments of earlier ones are still open."""
    found: dict[str, PlayedFault | Exception] = {}
    for fault in catalogue(points[0]):
        if is_chosen(fault.name) and not fault.why_not:
            found[fault.name] = play_or_error(faulty, fault)
    return found


def play_or_error(world: World, fault: Fault) -> PlayedFault | Exception:
    """Return the error of a fault without recovery, so that it does not hide the other faults."""
    try:
        return play(world, fault)
    except (TimeoutError, RuntimeError) as error:
        return error


@pytest.fixture(scope="module")
def log(faulty: World, all_played: dict[str, PlayedFault | Exception]) -> Log:
    """The contents of Kafka after the last fault."""
    return read_log(faulty)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_loses_and_doubles_nothing(request: pytest.FixtureRequest, name: str) -> None:
    if not is_chosen(name) or FAULTS[name].why_not:
        pytest.skip(FAULTS[name].why_not or "not selected by FAULTS")
    world, played = request.getfixturevalue("faulty"), request.getfixturevalue("all_played")[name]
    if isinstance(played, Exception):
        raise played
    line = measure(world, played, request.getfixturevalue("log"))
    add(line)
    assert line.harm == {}, str(line)
    assert line.page_percent == 100.0 or played.fault.stops_page, str(line)
