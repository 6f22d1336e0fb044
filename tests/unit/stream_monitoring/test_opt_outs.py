"""An opted-out channel is never watched, whatever a setting or a list says; a restored backup does not undo it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.channel_names import parse_channels
from service_runtime.postgres import PostgresAwayError
from stream_monitoring.channels.choice import Choice, ChoiceRules, Watched
from stream_monitoring.channels.chooser import Chooser, ChooserOptions, watched_ids
from stream_monitoring.privacy.opt_outs import (
    OptOutList,
    OptOuts,
    OptOutStatus,
    load_opt_outs,
    merge,
    newer_than,
    save_opt_outs,
)

opt_out_lists = st.dictionaries(
    st.sampled_from(["1", "2", "3"]), st.builds(OptOutStatus, st.just("x"), st.booleans(), st.integers(0, 3))
)


class Shared:
    """Postgres, as far as the lists go."""

    def __init__(self, **known: OptOutStatus) -> None:
        self.opt_outs: OptOutList = {key.strip("_"): status for key, status in known.items()}
        self.choice: Choice = {}
        self.is_away = False

    def _answer(self) -> None:
        if self.is_away:
            raise PostgresAwayError("away")

    def read_opt_outs(self) -> OptOutList:
        self._answer()
        return dict(self.opt_outs)

    def restore_opt_outs(self, opt_outs: OptOutList) -> None:
        self.opt_outs |= opt_outs

    def read(self) -> Choice:
        self._answer()
        return dict(self.choice)

    def write(self, choice: Choice) -> None:
        self.choice = choice


@given(opt_out_lists, opt_out_lists)
def test_the_later_status_counts_and_both_lists_agree(ours: OptOutList, theirs: OptOutList) -> None:
    merged = merge(ours, theirs)
    assert merged.keys() == ours.keys() | theirs.keys()
    for channel_id, status in merged.items():
        known = [each[channel_id] for each in (ours, theirs) if channel_id in each]
        assert status in known
        assert status.changed_at == max(each.changed_at for each in known)
    restored = theirs | newer_than(theirs, ours)
    assert merge(merged, restored) == restored


def test_a_restored_backup_gets_its_list_back(tmp_path: Path) -> None:
    """A withdrawal counts as much as an opt-out."""
    path = tmp_path / "opt_outs.json"
    shared = Shared(_7=OptOutStatus("seven", True, 5))
    known = OptOuts(shared, path)
    known.refresh()
    assert known.excludes("7", "seven")
    shared.opt_outs.clear()  # a backup from before
    OptOuts(shared, path).refresh()
    assert shared.opt_outs == {"7": OptOutStatus("seven", True, 5)}
    shared.opt_outs["7"] = OptOutStatus("seven", False, 9)
    known.refresh()
    assert not known.excludes("7", "seven")
    assert load_opt_outs(path) == shared.opt_outs


def test_a_login_counts_only_while_the_id_is_unknown(tmp_path: Path) -> None:
    save_opt_outs(tmp_path / "list", {"7": OptOutStatus("seven", True, 5)})
    known = OptOuts(None, tmp_path / "list")
    assert known.excludes(None, "seven")
    assert known.excludes("7", "renamed")
    assert not known.excludes("8", "seven")  # another channel that took over the login


def test_a_damaged_copy_ends_the_process(tmp_path: Path) -> None:
    (tmp_path / "list").write_text('{"7": {')
    with pytest.raises(SystemExit, match="damaged"):
        OptOuts(None, tmp_path / "list")


class World:
    """A chooser with one pinned channel, and what it does."""

    def __init__(self, folder: Path, shared: Shared, decides: bool = True) -> None:
        self.watched: set[str] = set()
        self.erased: Mapping[str, OptOutStatus] = {}
        self.ids_from_chat = {"pinned": "7"}
        self.copy = Shared()
        self.opt_outs = OptOuts(shared, folder / "opt_outs.json")
        self.chooser = Chooser(
            options=ChooserOptions(parse_channels("pinned"), ChoiceRules(top=3), decides, 60),
            helix=None,
            shared=shared,
            copy=self.copy,
            watch=self.watch,
            ids_from_chat=lambda: self.ids_from_chat,
            hears_chat=lambda: True,
            opt_outs=self.opt_outs,
            erase=self.erase,
        )

    def watch(self, logins: set[str]) -> None:
        self.watched = logins

    def erase(self, opt_outs: OptOutList) -> None:
        self.erased = opt_outs


@pytest.fixture
def shared() -> Shared:
    return Shared()


def test_a_pinned_channel_that_opts_out_is_not_watched(tmp_path: Path, shared: Shared) -> None:
    world = World(tmp_path, shared)
    world.chooser.choose_once()
    assert world.watched == {"pinned"}
    assert set(shared.choice) == {"7"}
    shared.opt_outs["7"] = OptOutStatus("", True, 5)
    world.chooser.choose_once()
    assert world.watched == set()
    assert shared.choice == {}
    assert set(world.erased) == {"7"}
    assert watched_ids(world.chooser.choice, world.ids_from_chat, world.opt_outs) == []
    shared.opt_outs["7"] = OptOutStatus("", False, 6)
    world.chooser.choose_once()
    assert world.watched == {"pinned"}


def test_the_copy_on_disk_excludes_before_postgres_answers(tmp_path: Path, shared: Shared) -> None:
    save_opt_outs(tmp_path / "opt_outs.json", {"7": OptOutStatus("pinned", True, 5)})
    shared.is_away = True
    world = World(tmp_path, shared)
    world.ids_from_chat = {}
    world.chooser.start()
    assert world.watched == set()
    assert set(world.erased) == {"7"}
    world.chooser.choose_once()
    assert world.watched == set()


def test_an_instance_that_only_reads_the_list_excludes_as_well(tmp_path: Path, shared: Shared) -> None:
    shared.choice = {"8": Watched("eight", "top"), "9": Watched("nine", "top")}
    world = World(tmp_path, shared, decides=False)
    world.chooser.choose_once()
    assert world.watched == {"eight", "nine"}
    shared.opt_outs["9"] = OptOutStatus("nine", True, 5)
    shared.is_away = False
    world.chooser.choose_once()
    assert world.watched == {"eight"}
    shared.is_away = True
    world.chooser.choose_once()
    assert world.watched == {"eight"}
