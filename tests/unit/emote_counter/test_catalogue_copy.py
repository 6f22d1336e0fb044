"""The copy of the catalogues goes on with a full disk, and the disk is tidied without Postgres."""

import sqlite3
from pathlib import Path

import pytest

from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.versions import KEPT_MS, Versions
from emote_counter.catalogue_copy import CatalogueCopy
from emote_counter.channels import WantedChannels
from service_runtime.postgres import Database, with_deadlines

NOW = 1_763_830_800_000
NOBODY = "postgresql://nobody@127.0.0.1:1/none"  # nothing listens there


@pytest.fixture
def store(tmp_path: Path) -> Versions:
    """One channel, which has opted out, asked for last thirty days ago."""
    found = Versions(tmp_path / "store")
    found.apply("1", "7tv", [CatalogueEmote("a", "KEKW")], NOW - KEPT_MS - 1)
    return found


@pytest.fixture
def copy(store: Versions) -> CatalogueCopy:
    database = Database(with_deadlines(NOBODY, "t", connect_seconds=1, statement_seconds=1.0, silent_seconds=1))
    channels = WantedChannels([], store, wall_ms=lambda: NOW)
    channels.set_opted_out("1", True)
    return CatalogueCopy(database=database, versions=store, channels=channels, wall_ms=lambda: NOW)


def test_a_full_disk_ends_nothing_and_is_tidied_once_it_can_be(store: Versions, copy: CatalogueCopy) -> None:
    store._database.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError):
        store.forget_channel("1")
    copy.step()
    assert store.channels() == ["1"]
    store._database.execute("PRAGMA query_only = OFF")
    copy.step()
    assert store.channels() == []
