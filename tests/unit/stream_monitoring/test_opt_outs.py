"""Who has opted out is never watched, whatever a setting or a list says; a restored backup does not undo it."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_runtime.postgres import PostgresAwayError
from stream_monitoring.channels.choice import Choice, Rules, Watched
from stream_monitoring.channels.chooser import Chooser, ChooserOptions, watched_ids
from stream_monitoring.privacy.opt_outs import LastWord, OptOuts, Words, later, newest, read_words, write_words

words = st.dictionaries(
    st.sampled_from(["1", "2", "3"]), st.builds(LastWord, st.just("x"), st.booleans(), st.integers(0, 3))
)


class Shared:
    """Postgres, as far as the list goes."""

    def __init__(self, **known: LastWord) -> None:
        self.words: Words = {key.strip("_"): word for key, word in known.items()}
        self.choice: Choice = {}
        self.is_away = False

    def _answer(self) -> None:
        if self.is_away:
            raise PostgresAwayError("away")

    def read_words(self) -> Words:
        self._answer()
        return dict(self.words)

    def give_back(self, words: Words) -> None:
        self.words |= words

    def read(self) -> Choice:
        self._answer()
        return dict(self.choice)

    def write(self, choice: Choice) -> None:
        self.choice = choice


@given(words, words)
def test_the_later_word_counts_and_giving_back_makes_both_agree(ours: Words, theirs: Words) -> None:
    merged = newest(ours, theirs)
    assert merged.keys() == ours.keys() | theirs.keys()
    for channel_id, word in merged.items():
        known = [each[channel_id] for each in (ours, theirs) if channel_id in each]
        assert word in known
        assert word.changed_at == max(each.changed_at for each in known)
    assert newest(merged, theirs | later(ours, theirs)) == theirs | later(ours, theirs)


def test_a_restored_backup_gets_its_list_back_and_a_withdrawal_counts(tmp_path: Path) -> None:
    path = tmp_path / "opt_outs.json"
    shared = Shared(_7=LastWord("seven", True, 5))
    known = OptOuts(shared, path)
    known.refresh()
    assert known.holds("7", "seven")
    shared.words.clear()  # a backup from before
    OptOuts(shared, path).refresh()
    assert shared.words == {"7": LastWord("seven", True, 5)}
    shared.words["7"] = LastWord("seven", False, 9)
    known.refresh()
    assert not known.holds("7", "seven")
    assert read_words(path) == shared.words


def test_a_login_counts_only_while_the_id_is_unknown(tmp_path: Path) -> None:
    write_words(tmp_path / "list", {"7": LastWord("seven", True, 5)})
    known = OptOuts(None, tmp_path / "list")
    assert known.holds(None, "seven")
    assert known.holds("7", "renamed")
    assert not known.holds("8", "seven")  # another channel that took over the login


def test_a_damaged_copy_is_said_and_nobody_is_read(tmp_path: Path) -> None:
    (tmp_path / "list").write_text('{"7": {')
    with pytest.raises(SystemExit, match="damaged"):
        OptOuts(None, tmp_path / "list")


class World:
    """A chooser with one pinned channel, and what it does."""

    def __init__(self, folder: Path, shared: Shared, decides: bool = True) -> None:
        self.watched: set[str] = set()
        self.forgotten: Mapping[str, LastWord] = {}
        self.rooms = {"pinned": "7"}
        self.copy = Shared()
        self.opt_outs = OptOuts(shared, folder / "opt_outs.json")
        options = ChooserOptions(("pinned",), Rules(top=3), decides, 60)
        self.chooser = Chooser(
            options, None, shared, self.copy, self.apply, lambda: self.rooms, self.opt_outs, self.forget
        )

    def apply(self, logins: set[str]) -> None:
        self.watched = logins

    def forget(self, words: Words) -> None:
        self.forgotten = words


@pytest.fixture
def shared() -> Shared:
    return Shared()


def test_a_pinned_channel_that_opts_out_is_watched_no_more(tmp_path: Path, shared: Shared) -> None:
    world = World(tmp_path, shared)
    world.chooser.choose_once()
    assert world.watched == {"pinned"}
    assert set(shared.choice) == {"7"}
    shared.words["7"] = LastWord("", True, 5)
    world.chooser.choose_once()
    assert world.watched == set()
    assert shared.choice == {}
    assert set(world.forgotten) == {"7"}
    assert watched_ids(world.chooser.choice, world.rooms, world.opt_outs) == []
    shared.words["7"] = LastWord("", False, 6)
    world.chooser.choose_once()
    assert world.watched == {"pinned"}


def test_before_anybody_is_asked_the_copy_on_disk_keeps_a_channel_out(tmp_path: Path, shared: Shared) -> None:
    write_words(tmp_path / "opt_outs.json", {"7": LastWord("pinned", True, 5)})
    shared.is_away = True
    world = World(tmp_path, shared)
    world.rooms = {}
    world.chooser.start()
    assert world.watched == set()
    assert set(world.forgotten) == {"7"}
    world.chooser.choose_once()
    assert world.watched == set()


def test_whoever_only_follows_leaves_it_out_as_well(tmp_path: Path, shared: Shared) -> None:
    shared.choice = {"8": Watched("eight", "top"), "9": Watched("nine", "top")}
    world = World(tmp_path, shared, decides=False)
    world.chooser.choose_once()
    assert world.watched == {"eight", "nine"}
    shared.words["9"] = LastWord("nine", True, 5)
    shared.is_away = False
    world.chooser.choose_once()
    assert world.watched == {"eight"}
    shared.is_away = True
    world.chooser.choose_once()
    assert world.watched == {"eight"}
