"""Copies the store's changes to Postgres, for the site. A change is copied once, or again with the same result."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import aiosql
import msgspec
import psycopg

from emote_catalogue.versions import KEPT_MS, Changes, Versions

KEPT_DAYS = KEPT_MS // (24 * 3_600_000)
queries: Any = aiosql.from_path(Path(__file__).parent / "sql" / "published.sql", "psycopg")


def publish(connection: "psycopg.Connection[Any]", versions: Versions) -> int:
    """Copy all changes that Postgres lacks; return how many versions were written. Raises psycopg.Error.

    Each batch is a transaction with its number, so a break in between costs nothing but the last batch.
    """
    written = 0
    while True:
        with connection.transaction():
            queries.lock_store(connection, store_id=versions.store_id)
            change = queries.published_change(connection, store_id=versions.store_id)
            changes = versions.changes_after(change)
            if changes is None:
                return written
            write(connection, changes)
            queries.set_published_change(connection, store_id=versions.store_id, change=changes.until)
        written += len(changes.versions)


def write(connection: "psycopg.Connection[Any]", changes: Changes) -> None:
    """Write changes in the caller's transaction."""
    known = [dict(zip(("scope", "provider", "known_from"), row, strict=True)) for row in changes.known]
    if known:
        rows = msgspec.json.encode(known).decode()
        queries.end_of_other_stores(connection, rows=rows)
        queries.know_catalogues(connection, rows=rows)
    if changes.versions:
        named = [version._asdict() for version in changes.versions]
        queries.publish_versions(connection, rows=msgspec.json.encode(named).decode())


def forget(connection: "psycopg.Connection[Any]") -> None:
    """Delete versions that went 30 days ago. Raises psycopg.Error."""
    queries.forget_published(connection, days=KEPT_DAYS)


def forget_channels(connection: "psycopg.Connection[Any]", channel_ids: Iterable[str]) -> None:
    """Delete the catalogues of channels, as after an opt-out. Raises psycopg.Error."""
    queries.forget_published_channels(connection, channel_ids=list(channel_ids))
