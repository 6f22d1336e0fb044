"""Laws of a deploy: it ends at the new version or at the old one, whenever it is killed, and visitors are served."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.deploy.world import NEW, OLD, Killed, World

from deploy.machines import A, B
from deploy.outcome import Result

KILLS = st.lists(st.integers(0, 25), max_size=4)
BROKEN = {"A": ("migrate", "roles", "api-frontend", "watcher", "discord-bot"), "B": ("kafka-init", "flink-taskmanager")}
machines = pytest.mark.parametrize("machine", [A, B], ids=lambda machine: machine.letter)


def killed(world: World, records: Path, kills: list[int], version: str = NEW) -> None:
    """Run a deploy that is killed after so many changes, again and again."""
    for kill in kills:
        world.kill_after = kill
        try:
            world.deploy(records, version)
        except Killed:
            continue
    world.kill_after = None


def everywhere(world: World, version: str) -> bool:
    """Whether each service runs once, in this version, every place of the proxy is open, and `up` would start it."""
    once = all(found == [version] for found in world.versions().values())
    return once and all(slot.is_open for slot in world.slots()) and world.env_version == version


@machines
@given(kills=KILLS)
@settings(deadline=None)
def test_killed_anywhere_and_run_again_it_arrives(machine, kills):
    with tempfile.TemporaryDirectory() as folder:
        world, records = World(machine), Path(folder) / "record.json"
        killed(world, records, kills)
        outcome = world.deploy(records)
        assert outcome.result is Result.DEPLOYED
        assert everywhere(world, NEW)
        assert not world.unserved
        assert not world.beside_a_backup
        assert not world.is_paused


@machines
@given(kills=KILLS, data=st.data())
@settings(deadline=None)
def test_a_broken_version_leaves_what_ran_before(machine, kills, data):
    broken = data.draw(st.sampled_from(BROKEN[machine.letter]))
    with tempfile.TemporaryDirectory() as folder:
        world, records = World(machine, frozenset([broken])), Path(folder) / "record.json"
        killed(world, records, kills)
        outcome = world.deploy(records)
        assert outcome.result is Result.BACK
        assert outcome.version_before == OLD
        assert broken in outcome.failed or "website" in outcome.failed
        assert everywhere(world, OLD)
        assert not world.unserved
        assert not world.beside_a_backup
        assert not world.is_paused


@machines
@given(kills=KILLS)
@settings(deadline=None)
def test_one_may_turn_back_after_a_kill(machine, kills):
    with tempfile.TemporaryDirectory() as folder:
        world, records = World(machine), Path(folder) / "record.json"
        killed(world, records, kills)
        assert world.deploy(records, OLD).result is Result.DEPLOYED
        assert everywhere(world, OLD)
        assert not world.unserved
        assert not world.beside_a_backup


@given(fails=st.integers(0, 30))
@settings(deadline=None)
def test_the_website_that_runs_stays_until_the_new_one_was_ready(fails):
    """At each moment before the switch, the only open place is that of the old website."""
    with tempfile.TemporaryDirectory() as folder:
        world, records = World(A, frozenset(["api-frontend"])), Path(folder) / "record.json"
        killed(world, records, [fails])
        new = {each.address for each in world.running if each.version == NEW and each.service == "api-frontend"}
        assert not [slot for slot in world.slots() if slot.is_open and slot.address in new]


def test_a_website_that_breaks_under_its_visitors_is_taken_back(tmp_path: Path) -> None:
    world = World(breaks_with_visitors=True)
    outcome = world.deploy(tmp_path / "record.json")
    assert (outcome.result, outcome.failed) == (Result.BACK, "the website did not stay ready: not well")
    assert everywhere(world, OLD)
    assert outcome.seconds < 20, "five to notice, ten to drain"


def test_a_failed_backup_changes_nothing(tmp_path: Path) -> None:
    world = World(has_backup=False)
    outcome = world.deploy(tmp_path / "record.json")
    assert (outcome.result, outcome.failed) == (Result.BACK, "the backup's target is full")
    assert world.ran == []
    assert everywhere(world, OLD)


def test_the_backup_comes_before_the_migration(tmp_path: Path) -> None:
    world = World(kill_after=1)
    with pytest.raises(Killed):
        world.deploy(tmp_path / "record.json")
    assert world.ran == []


def test_going_back_leaves_a_newer_database_as_it_is(tmp_path: Path) -> None:
    """The older version's rights would take from machine B, which is still newer, what it needs."""
    world = World()
    world.deploy(tmp_path / "record.json")
    assert world.deploy(tmp_path / "record.json", OLD).result is Result.DEPLOYED
    assert world.ran == [("roles", NEW), ("migrate", NEW)]


def test_a_version_without_images_is_refused(tmp_path: Path) -> None:
    world = World()
    outcome = world.deploy(tmp_path / "record.json", "elsewhere")
    assert outcome.result is Result.REFUSED
    assert "There is no image of version elsewhere for roles, migrate, api-frontend" in outcome.failed
    assert "git checkout" not in outcome.failed, "none of its images is here, so nothing says that it is older"
    assert "STREAM_SCOUT_VERSION=elsewhere docker compose -f docker-compose.reliable.yml build" in outcome.failed
    assert everywhere(world, OLD)


def test_back_to_before_a_service_it_says_that_the_files_belong_to_it(tmp_path: Path) -> None:
    world = World(younger=frozenset({"discord-bot"}))
    world.deploy(tmp_path / "record.json")
    outcome = world.deploy(tmp_path / "record.json", OLD)
    assert outcome.result is Result.REFUSED
    assert "There is no image of version old for discord-bot. If it is of before that service" in outcome.failed
    assert "git checkout ITS_TAG_OR_COMMIT && infrastructure/deploy.sh A old" in outcome.failed
    assert everywhere(world, NEW)


def test_what_a_newer_version_has_left_is_named_with_how_to_end_it(tmp_path: Path) -> None:
    world = World(strangers_=["stream-scout-mood-reader-1"])
    assert world.deploy(tmp_path / "record.json").result is Result.DEPLOYED
    (line,) = [each for each in world.said if "stream-scout-mood-reader-1" in each]
    assert "docker rm --force stream-scout-mood-reader-1" in line


def test_without_the_proxy_it_says_how_to_start_it(tmp_path: Path) -> None:
    world = World()
    world.running = [each for each in world.running if each.service != "proxy"]
    outcome = world.deploy(tmp_path / "record.json")
    assert outcome.result is Result.REFUSED
    assert "docker compose -f docker-compose.reliable.yml up -d --wait" in outcome.failed


def test_the_same_version_again_replaces_nothing(tmp_path: Path) -> None:
    world = World()
    world.deploy(tmp_path / "record.json")
    made = world.made
    assert world.deploy(tmp_path / "record.json").result is Result.DEPLOYED
    assert world.made == made


def test_a_name_whose_images_were_made_anew_is_refused(tmp_path: Path) -> None:
    """There would be nothing to go back to: the name of what runs means another image by now."""
    world = World()
    world.image = lambda service, version: f"{service}:{version} made anew"  # type: ignore[method-assign]
    outcome = world.deploy(tmp_path / "record.json", OLD)
    assert outcome.result is Result.REFUSED
    assert "Give them a version of their own" in outcome.failed


def test_where_both_ways_fail_somebody_is_told_to_look(tmp_path: Path) -> None:
    world = World(broken=frozenset(["watcher"]))

    def refuse(service: str, image: str, version: str) -> None:
        from deploy.host import DeployError

        raise DeployError("no space left on device")

    world.name_image = refuse  # type: ignore[method-assign]
    outcome = world.deploy(tmp_path / "record.json")
    assert (outcome.result, outcome.stuck) == (Result.STUCK, "no space left on device")
    assert "docker compose -f docker-compose.reliable.yml ps" in outcome.text()
