"""Each fault during a burst: nothing lost or doubled but what a gap tells, one moment, one clip at most."""

import pytest
from end_to_end.world import World
from faults.catalogue import Places, catalogue
from faults.play import Fault, Played, play, settle
from faults.recount import Log, read_log
from faults.table import add, is_chosen

from embedded.addresses import Ports

pytestmark = [pytest.mark.fault, pytest.mark.timeout(3600)]
FAULTS = {each.name: each for each in catalogue(Places())}


@pytest.fixture(scope="module")
def all_played(faulty: World, places: tuple[Places, Ports]) -> dict[str, Played | Exception]:
    """Every chosen fault, played one after the other; the moments of earlier ones are still open meanwhile."""
    found: dict[str, Played | Exception] = {}
    for fault in catalogue(places[0]):
        if is_chosen(fault.name) and not fault.why_not:
            found[fault.name] = play_or_tell(faulty, fault)
    return found


def play_or_tell(world: World, fault: Fault) -> Played | Exception:
    """A fault that the system does not recover from must not hide what the others did."""
    try:
        return play(world, fault)
    except (TimeoutError, RuntimeError) as error:
        return error


@pytest.fixture(scope="module")
def log(faulty: World, all_played: dict[str, Played | Exception]) -> Log:
    """All that is in Kafka after the last fault."""
    return read_log(faulty)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_loses_and_doubles_nothing(request: pytest.FixtureRequest, name: str) -> None:
    if not is_chosen(name) or FAULTS[name].why_not:
        pytest.skip(FAULTS[name].why_not or "FAULTS names others")
    world, played = request.getfixturevalue("faulty"), request.getfixturevalue("all_played")[name]
    if isinstance(played, Exception):
        raise played
    line = settle(world, played, request.getfixturevalue("log"))
    add(line)
    assert line.harm == {}, str(line)
    assert line.page_percent == 100.0 or played.fault.stops_page, str(line)
