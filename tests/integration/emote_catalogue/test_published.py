"""The copy of the catalogues in a real Postgres, as the role that writes it and the one that reads it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import pytest
from integration.support.database import as_role

from emote_catalogue import published
from emote_catalogue.emote import CatalogueEmote
from emote_catalogue.published import publish
from emote_catalogue.versions import BATCH, SETTLE_MS, Versions

NOW = 1_790_000_000_000
HOUR = 3_600_000
CHANNEL = "22484632"
SQL = Path(published.__file__).parent / "sql" / "known.sql"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Versions]:
    opened = Versions(tmp_path / "emotes.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def connection(postgres: str) -> Iterator[psycopg.Connection[Any]]:
    """As the counter."""
    with psycopg.connect(as_role(postgres, "emote_counter"), autocommit=True) as opened:
        yield opened


def shown(postgres: str, channel_id: str = CHANNEL) -> list[tuple[str, int, int | None]]:
    """What the site reads of a channel: names with when they came and went, in ms."""
    queries: Any = aiosql.from_path(SQL, "psycopg")
    with psycopg.connect(as_role(postgres, "api_frontend")) as site:
        rows = list(queries.known_emotes(site, channel_id=channel_id))
    return [(row[3], _ms(row[7]) or 0, _ms(row[8])) for row in rows]


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.astimezone(UTC).timestamp() * 1000)


def test_the_site_reads_what_came_and_went(postgres: str, connection: psycopg.Connection[Any], store: Versions) -> None:
    odd = CatalogueEmote("1", '<b>"KEKW\\u0001😂', image="https://x/1.webp", is_animated=True)
    store.apply(CHANNEL, "7tv", [odd, CatalogueEmote("2", "EZ")], NOW)
    assert publish(connection, store) == 2
    store.apply(CHANNEL, "7tv", [CatalogueEmote("2", "Clap")], NOW + HOUR)
    assert publish(connection, store) == 3
    then, later = NOW + SETTLE_MS, NOW + HOUR + SETTLE_MS
    assert shown(postgres) == [(odd.name, then, later), ("Clap", later, None), ("EZ", then, later)]
    assert publish(connection, store) == 0


def test_a_redrawn_emote_keeps_its_time(postgres: str, connection: psycopg.Connection[Any], store: Versions) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW")], NOW)
    publish(connection, store)
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW", image="https://x/2.webp")], NOW + HOUR)
    publish(connection, store)
    row = connection.execute("SELECT image, went_at FROM emote_versions").fetchall()
    assert row == [("https://x/2.webp", None)]
    assert shown(postgres) == [("KEKW", NOW + SETTLE_MS, None)]


def test_a_restored_backup_is_completed(postgres: str, connection: psycopg.Connection[Any], store: Versions) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW")], NOW)
    publish(connection, store)
    with psycopg.connect(postgres) as owner:
        backup = owner.execute("SELECT change FROM emote_stores").fetchone()
    for number in range(20):
        store.apply(str(number), "bttv", [CatalogueEmote("1", "KEKW")], NOW + number)
    publish(connection, store)
    with psycopg.connect(postgres) as owner:
        owner.execute("DELETE FROM emote_versions WHERE scope <> %s", (CHANNEL,))
        owner.execute("UPDATE emote_stores SET change = %s", backup)
    assert publish(connection, store) == 20
    assert shown(postgres, "19") == [("KEKW", NOW + 20 + SETTLE_MS, None)]  # 1 ms behind the change before


def test_a_new_store_ends_what_the_old_one_left(
    postgres: str, connection: psycopg.Connection[Any], store: Versions, tmp_path: Path
) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW"), CatalogueEmote("2", "EZ")], NOW)
    publish(connection, store)
    other = Versions(tmp_path / "other.sqlite")
    other.apply(CHANNEL, "7tv", [CatalogueEmote("2", "EZ")], NOW + HOUR)
    publish(connection, other)
    other.close()
    first, second = NOW + SETTLE_MS, NOW + HOUR + SETTLE_MS
    assert shown(postgres) == [("KEKW", first, second), ("EZ", second, None)]


def test_a_break_costs_no_change(postgres: str, connection: psycopg.Connection[Any], store: Versions) -> None:
    for number in range(12):
        store.apply(str(number), "ffz", [CatalogueEmote("1", "KEKW")], NOW + number)
    taken, broken = store.changes_after, psycopg.OperationalError("gone")

    def breaks_at_the_second(change: int) -> Any:
        if change:
            raise broken
        return taken(change)

    store.changes_after = breaks_at_the_second  # type: ignore[method-assign]
    with pytest.raises(psycopg.OperationalError):
        publish(connection, store)
    store.changes_after = taken  # type: ignore[method-assign]
    assert connection.execute("SELECT count(*) FROM emote_versions").fetchone() == (BATCH,)
    assert publish(connection, store) == 12 - BATCH


def test_old_versions_and_channels_are_forgotten(
    postgres: str, connection: psycopg.Connection[Any], store: Versions
) -> None:
    store.apply(CHANNEL, "7tv", [CatalogueEmote("1", "KEKW"), CatalogueEmote("2", "EZ")], NOW - 40 * 24 * HOUR)
    store.apply(CHANNEL, "7tv", [CatalogueEmote("2", "EZ")], 1_600_000_000_000)
    publish(connection, store)
    connection.execute("UPDATE emote_versions SET came_at = '2020-01-01', went_at = '2020-02-01' WHERE name = 'KEKW'")
    published.forget(connection)
    assert [name for name, *_ in shown(postgres)] == ["EZ"]
    published.forget_channels(connection, [CHANNEL])
    assert shown(postgres) == []
    assert connection.execute("SELECT count(*) FROM emote_catalogues").fetchone() == (0,)


def test_the_counter_writes_nothing_else(connection: psycopg.Connection[Any]) -> None:
    for table in ("channels", "moments", "opt_outs"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"DELETE FROM {table}")  # type: ignore[call-overload]
