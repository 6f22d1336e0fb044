"""The store of versions: what was in force when, on a real file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from emote_catalogue.emote import GLOBAL, CatalogueEmote, ProviderName
from emote_catalogue.versions import CLOCK_AHEAD_MS, KEPT_MS, SETTLE_MS, StoreError, Versions

NOW = 1_790_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
CHANNEL = "22484632"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "emotes.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Versions]:
    opened = Versions(path)
    yield opened
    opened.close()


def emotes(*names: str) -> list[CatalogueEmote]:
    """Emotes whose ids are their names in lower case."""
    return [CatalogueEmote(name.lower(), name) for name in names]


def found(store: Versions, at_ms: int, channel_id: str = CHANNEL) -> dict[str, tuple[str, str]]:
    return dict(store.lookup_at(channel_id, at_ms).emotes)


def test_a_first_catalogue_counts_from_when_it_was_fetched(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    before, after = store.lookup_at(CHANNEL, NOW + SETTLE_MS - 1), store.lookup_at(CHANNEL, NOW + SETTLE_MS)
    assert (dict(before.emotes), dict(after.emotes)) == ({}, {"KEKW": ("7tv", "kekw")})
    assert (CHANNEL, "7tv") in before.unknown
    assert (CHANNEL, "7tv") not in after.unknown
    assert {(CHANNEL, "ffz"), (CHANNEL, "bttv"), (GLOBAL, "7tv")} < set(after.unknown)


def test_a_known_channel_without_emotes_is_not_unknown(store: Versions) -> None:
    for scope in (GLOBAL, CHANNEL):
        for provider in ("7tv", "bttv", "ffz"):
            store.apply(scope, provider, [], NOW)
    names = store.lookup_at(CHANNEL, NOW + HOUR)
    assert (names.emotes, names.unknown) == ({}, ())


def test_emotes_come_and_go(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW", "Clap"), NOW)
    store.apply(CHANNEL, "7tv", emotes("KEKW", "EZ"), NOW + HOUR)
    assert set(found(store, NOW + HOUR)) == {"KEKW", "Clap"}
    assert set(found(store, NOW + HOUR + SETTLE_MS)) == {"KEKW", "EZ"}
    assert set(found(store, NOW + HOUR)) == {"KEKW", "Clap"}


def test_a_new_name_is_another_version(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW")], NOW)
    changed = store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKWait")], NOW + HOUR)
    assert ([each.name for each in changed.came], [each.name for each in changed.went]) == (["KEKWait"], ["KEKW"])
    assert found(store, NOW + HOUR) == {"KEKW": ("7tv", "1")}
    assert found(store, NOW + 2 * HOUR) == {"KEKWait": ("7tv", "1")}


def test_another_picture_is_no_other_version(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW")], NOW)
    redrawn = CatalogueEmote("1", "KEKW", is_zero_width=True, is_animated=True, image="https://x/2x.webp")
    assert store.apply(CHANNEL, "7tv", [redrawn], NOW + HOUR).redrawn == [redrawn]
    assert store.in_force(CHANNEL, "7tv") == [redrawn]
    changes = store.changes_after(1)
    assert changes is not None
    assert [(each.came_at, each.is_zero_width) for each in changes.versions] == [(NOW + SETTLE_MS, True)]


def test_an_emote_that_returns_has_two_versions(store: Versions) -> None:
    for hour, names in enumerate((["KEKW"], [], ["KEKW"])):
        store.apply(CHANNEL, "7tv", emotes(*names), NOW + hour * HOUR)
    assert [bool(found(store, NOW + hour * HOUR + HOUR // 2)) for hour in range(3)] == [True, False, True]


def test_the_channel_counts_before_everybody_and_providers_in_chatterinos_order(store: Versions) -> None:
    order: list[tuple[str, ProviderName]] = [
        (scope, name) for scope in (GLOBAL, CHANNEL) for name in ("7tv", "bttv", "ffz")
    ]
    for number, (scope, provider) in enumerate(order):
        store.apply(scope, provider, [CatalogueEmote(f"{scope}-{provider}", "KEKW")], NOW + number * HOUR)
        at = NOW + number * HOUR + SETTLE_MS
        assert found(store, at) == {"KEKW": (provider, f"{scope}-{provider}")}


def test_names_differ_by_case_and_by_channel(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "kekw"), CatalogueEmote("2", "KEKW")], NOW)
    store.apply("5", "7tv", [CatalogueEmote("3", "KEKW")], NOW)
    assert found(store, NOW + HOUR) == {"kekw": ("7tv", "1"), "KEKW": ("7tv", "2")}
    assert found(store, NOW + HOUR, "5") == {"KEKW": ("7tv", "3")}


def test_one_name_twice_in_one_catalogue_is_always_the_same_emote(store: Versions) -> None:
    store.apply(CHANNEL, "bttv", [CatalogueEmote("b", "KEKW"), CatalogueEmote("a", "KEKW")], NOW)
    assert found(store, NOW + HOUR) == {"KEKW": ("bttv", "a")}


def test_an_open_period_ends_with_the_next_change(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    assert set(found(store, NOW + HOUR)) == {"KEKW"}
    store.apply(GLOBAL, "bttv", emotes("Clap"), NOW + HOUR)
    assert set(found(store, NOW + HOUR + SETTLE_MS - 1)) == {"KEKW"}
    assert set(found(store, NOW + HOUR + SETTLE_MS)) == {"KEKW", "Clap"}


def test_nothing_is_written_where_nothing_changed(store: Versions, path: Path) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    with sqlite3.connect(path) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        for minute in range(0, 300, 5):
            assert not any(store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW + minute * 60_000))
        assert other.execute("PRAGMA data_version").fetchone() == before
        store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW + 7 * HOUR)  # the note that it is still watched
        assert other.execute("PRAGMA data_version").fetchone() != before


def test_versions_are_kept_30_days_after_they_went(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW", "Clap"), NOW)
    store.apply(CHANNEL, "7tv", emotes("Clap"), NOW + DAY)
    store.apply(CHANNEL, "7tv", emotes("Clap"), NOW + 31 * DAY)
    store.forget(NOW + 31 * DAY)
    assert set(found(store, NOW + HOUR)) == {"KEKW", "Clap"}
    store.forget(NOW + 31 * DAY + 2 * SETTLE_MS)
    store.lookup_at(CHANNEL, NOW + 9 * DAY)
    assert _rows(store) == [("clap", None)]


def _rows(store: Versions) -> list[tuple[str, int | None]]:
    changes = store.changes_after(0)
    return sorted((each.emote_id, each.went_at) for each in changes.versions) if changes else []


def test_a_channel_that_is_watched_no_more_is_forgotten(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    store.apply("5", "7tv", emotes("KEKW"), NOW + 2 * DAY)
    store.forget(NOW + KEPT_MS + DAY)
    assert store.in_force(CHANNEL, "7tv") is None
    assert store.in_force("5", "7tv") == emotes("KEKW")


def test_a_channel_can_be_forgotten_at_once(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    assert found(store, NOW + HOUR)
    store.forget_channel(CHANNEL)
    assert not found(store, NOW + HOUR)
    assert _rows(store) == []


def test_a_clock_that_goes_back_changes_no_answer(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    store.apply(CHANNEL, "7tv", emotes("Clap"), NOW - HOUR // 2)
    assert set(found(store, NOW + SETTLE_MS)) == {"KEKW"}
    assert set(found(store, NOW + SETTLE_MS + 1)) == {"Clap"}


def test_a_clock_that_ran_years_ahead_is_taken_back(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    store.apply(CHANNEL, "7tv", emotes("Clap"), NOW + 1000 * DAY)
    store.apply("5", "7tv", emotes("EZ"), NOW + 1000 * DAY)
    assert NOW + 1000 * DAY > NOW + CLOCK_AHEAD_MS
    store.apply(CHANNEL, "7tv", emotes("KEKW", "EZ"), NOW + HOUR)
    store.apply("5", "7tv", emotes("EZ"), NOW + HOUR)
    assert set(found(store, NOW + HOUR)) == {"KEKW"}
    assert set(found(store, NOW + 2 * HOUR)) == {"KEKW", "EZ"}
    assert set(found(store, NOW + 2 * HOUR, "5")) == {"EZ"}


def test_changes_come_in_batches_and_end(store: Versions) -> None:
    for number in range(12):
        store.apply(str(number), "7tv", emotes("KEKW"), NOW + number)
    seen, change = [], 0
    while batch := store.changes_after(change):
        seen += batch.versions
        assert len(batch.versions) <= 5
        assert [each[0] for each in batch.known] == [each.scope for each in batch.versions]
        change = batch.until
    assert sorted(each.scope for each in seen) == sorted(map(str, range(12)))
    assert store.changes_after(change) is None


def test_a_store_survives_its_process(store: Versions, path: Path) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    again = Versions(path)
    assert again.store_id == store.store_id
    assert set(found(again, NOW + HOUR)) == {"KEKW"}
    again.close()


def test_what_is_no_store_is_an_error_that_says_what_to_do(path: Path) -> None:
    path.write_bytes(b"not a database, certainly " * 400)
    with pytest.raises(StoreError, match="delete it"):
        Versions(path)


def test_a_store_of_a_later_release_is_refused(store: Versions, path: Path) -> None:
    store.close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version = 2")
    with pytest.raises(StoreError, match="version 2"):
        Versions(path)


def test_a_write_that_fails_leaves_everything_as_it_was(store: Versions) -> None:
    store.apply(CHANNEL, "7tv", emotes("KEKW"), NOW)
    broken = CatalogueEmote("x", None)  # type: ignore[arg-type]
    with pytest.raises(sqlite3.IntegrityError):
        store.apply(CHANNEL, "7tv", [broken], NOW + HOUR)
    assert set(found(store, NOW + 2 * HOUR)) == {"KEKW"}
    store.apply(CHANNEL, "7tv", emotes("Clap"), NOW + HOUR)
    assert set(found(store, NOW + 2 * HOUR)) == {"Clap"}
