"""A program that only reads the store answers as the one that keeps it, and never fails or waits for it."""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emote_catalogue.emote import GLOBAL, CatalogueEmote
from emote_catalogue.store_reader import LOOK_SECONDS, StoreReader
from emote_catalogue.versions import SETTLE_MS, Versions

CHANNEL, OTHER = "22484632", "71092938"
NOW = 1_790_000_000_000  # ms
LATER = NOW + 60_000
KEKW, WAIT = CatalogueEmote("0", "KEKW"), CatalogueEmote("0", "KEKWait")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self) -> None:
        self.now += LOOK_SECONDS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogues.sqlite"


def names(reader: StoreReader, at_ms: int = LATER, channel_id: str = CHANNEL) -> set[str]:
    """The names that a reader finds."""
    return set(reader.lookup_at(channel_id, at_ms).emotes)


def with_kekw(path: Path) -> Versions:
    """A store with one emote, whose program still runs."""
    versions = Versions(path)
    versions.apply(CHANNEL, "7tv", [KEKW], NOW)
    return versions


def test_it_answers_as_the_keeper(path: Path) -> None:
    versions = with_kekw(path)
    versions.apply(GLOBAL, "bttv", [CatalogueEmote("g", "monkaS")], NOW)
    reader = StoreReader(path)
    for channel_id in (CHANNEL, OTHER):
        for at_ms in (NOW, LATER):
            mine, kept = reader.lookup_at(channel_id, at_ms), versions.lookup_at(channel_id, at_ms)
            assert (mine.emotes, mine.unknown) == (kept.emotes, kept.unknown)
    assert reader.lookup_at(CHANNEL, LATER).emotes == {"KEKW": ("7tv", "0"), "monkaS": ("bttv", "g")}


def test_a_change_is_found_before_it_counts_and_what_was_stays(path: Path) -> None:
    clock, versions = Clock(), with_kekw(path)
    reader = StoreReader(path, monotonic=clock)
    assert names(reader) == {"KEKW"}
    versions.apply(CHANNEL, "7tv", [WAIT], LATER)
    assert LOOK_SECONDS * 1000 * 2 < SETTLE_MS
    clock.pass_by()
    assert names(reader, LATER + SETTLE_MS) == {"KEKWait"}
    assert names(reader, LATER + SETTLE_MS - 1) == {"KEKW"}
    assert names(StoreReader(path), LATER + SETTLE_MS - 1) == {"KEKW"}, "as a run that starts later has it"


def test_a_file_that_comes_goes_and_is_another_one(path: Path) -> None:
    clock, told = Clock(), list[bool]()
    reader = StoreReader(path, told.append, clock)
    assert names(reader) == set()
    with_kekw(path).close()
    assert names(reader) == set(), "not looked at yet"
    clock.pass_by()
    assert names(reader) == {"KEKW"}
    path.unlink()
    clock.pass_by()
    assert names(reader) == set()
    versions = Versions(path)
    versions.apply(CHANNEL, "7tv", [WAIT], NOW)
    clock.pass_by()
    assert names(reader) == {"KEKWait"}
    assert told == [False, True, False, True]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"no database"),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096)),
        lambda path: sqlite3.connect(path).executescript("PRAGMA user_version = 99"),
        lambda path: sqlite3.connect(path).executescript("DROP TABLE store"),
        lambda path: sqlite3.connect(path).executescript("UPDATE versions SET provider = 'none of ours'"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
def test_a_file_that_is_not_the_store_means_no_emotes(path: Path, damage: Callable[[Path], object]) -> None:
    with_kekw(path).close()
    damage(path)
    clock = Clock()
    reader = StoreReader(path, monotonic=clock)
    for _ in range(3):
        assert names(reader) == set()
        clock.pass_by()


@given(at=st.integers(0, 40_000), junk=st.binary(min_size=1, max_size=300))
def test_whatever_is_in_the_file_nothing_is_raised(
    tmp_path_factory: pytest.TempPathFactory, at: int, junk: bytes
) -> None:
    path = tmp_path_factory.mktemp("store") / "catalogues.sqlite"
    with_kekw(path).close()
    content = bytearray(path.read_bytes())
    content[at : at + len(junk)] = junk
    path.write_bytes(content)
    reader = StoreReader(path)
    names(reader)
    reader.close()


def test_a_locked_file_is_hardly_waited_for(path: Path) -> None:
    with_kekw(path).close()
    locked = sqlite3.connect(path, isolation_level=None)
    locked.execute("PRAGMA locking_mode = EXCLUSIVE")
    locked.execute("BEGIN EXCLUSIVE")
    clock = Clock()
    reader, began = StoreReader(path, monotonic=clock), time.perf_counter()
    for _ in range(100):
        assert names(reader) == set()
    assert time.perf_counter() - began < 1
    locked.close()
    clock.pass_by()
    assert names(reader) == {"KEKW"}


def test_it_reads_while_the_keeper_writes_and_after_it_ended(path: Path) -> None:
    clock, versions = Clock(), with_kekw(path)
    reader = StoreReader(path, monotonic=clock)
    versions._database.execute("BEGIN IMMEDIATE")
    assert names(reader) == {"KEKW"}
    versions._database.execute("COMMIT")
    versions.close()
    clock.pass_by()
    assert names(reader) == {"KEKW"}
    assert names(StoreReader(path)) == {"KEKW"}
    again = Versions(path)
    again.apply(CHANNEL, "7tv", [WAIT], LATER)
    clock.pass_by()
    assert names(reader, LATER + SETTLE_MS) == {"KEKWait"}


def test_what_nobody_writes_to_is_looked_at_each_time(path: Path) -> None:
    with_kekw(path).close()
    clock = Clock()
    reader = StoreReader(path, monotonic=clock)
    assert names(reader) == {"KEKW"}
    versions = Versions(path)
    versions.apply(CHANNEL, "7tv", [WAIT], LATER)
    assert names(reader, LATER + SETTLE_MS) == {"KEKWait"}


def test_it_writes_nothing(path: Path) -> None:
    with_kekw(path).close()
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    reader = StoreReader(path)
    assert names(reader) == {"KEKW"}
    reader.close()
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before
