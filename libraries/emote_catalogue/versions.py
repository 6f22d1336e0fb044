"""The store of versions: which emotes a channel had when, in SQLite on this machine's disk.

What comes in never changes an answer that was given: a change comes into force `SETTLE_MS` after it is stored, and on
disk before that. So the same question has the same answer in every later run, for 30 days. A catalogue counts from
when it was first fetched; before that nothing is known of it, and `Names.unknown` says so.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import aiosql
import msgspec

from emote_catalogue.differences import Differences, differences
from emote_catalogue.emote import GLOBAL, PROVIDERS, CatalogueEmote, ProviderName
from emote_catalogue.lookup import FOREVER, Names, NamesMemory, SharedStrings

SCHEMA_VERSION = 1
SETTLE_MS = 5_000  # longer than the clocks of Twitch and of this machine differ, and than a commit takes
KEPT_MS = 30 * 24 * 3_600_000  # after an emote went, and after a channel is watched no more
ANSWER_NOTED_MS = 6 * 3_600_000  # between two notes on disk that a catalogue is still given
CLOCK_AHEAD_MS = 3_600_000  # a change this far ahead was written while this machine's clock was wrong
queries: Any = aiosql.from_path(Path(__file__).parent / "sql" / "versions.sql", "sqlite3")
BATCH = 2  # changes that are copied at once; one has at most a catalogue's emotes, some 3 MB on their way


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


class StoreError(RuntimeError):
    """The store cannot be used as it is; the text says what to do."""


class Version(NamedTuple):
    """An emote under one name, with when it came and went (ms since 1970; None: it is there)."""

    scope: str
    provider: ProviderName
    emote_id: str
    name: str
    is_zero_width: bool
    is_animated: bool | None
    image: str
    came_at: int
    went_at: int | None


class Changes(NamedTuple):
    """What was written up to change number `until`. `known`: catalogues fetched for the first time, and when."""

    until: int
    known: list[tuple[str, ProviderName, int]]
    versions: list[Version]


def read_names(database: sqlite3.Connection, strings: SharedStrings, channel_id: str, at_ms: int) -> Names:
    """Return the names that were in force in a channel at a time, until the next change that is stored."""
    where = {"channel_id": channel_id, "at_ms": at_ms}
    last, following = queries.bounds_at(database, **where)
    own = {provider: provider for provider in PROVIDERS}  # the same objects instead of new strings
    rows = list(queries.versions_at(database, **where))
    mapped = strings.mapping([(name, (own[provider], emote_id)) for _, provider, name, emote_id in rows])
    known = set(queries.known_at(database, **where))
    unknown = [(scope, provider) for scope in (channel_id, GLOBAL) for provider in PROVIDERS]
    missing = tuple(each for each in unknown if each not in known)
    return Names(mapped, missing, -FOREVER if last is None else last, FOREVER if following is None else following)


class Versions:
    """One file; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        """Open or make the store. Raises StoreError."""
        self._lock = threading.Lock()
        self._strings = SharedStrings()
        self._memory = NamesMemory(self._read)
        self._latest = self._memory.latest
        try:
            self._database = self._open(path)
        except sqlite3.DatabaseError as error:
            reason = f"{path} cannot be used ({error})"
            raise StoreError(f"{reason}: free its disk, or delete it; then versions before now are unknown") from error
        self.store_id: str = queries.store_state(self._database)[0]

    def _open(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")  # a change must be on disk before it comes into force
        database.execute("PRAGMA cache_size = -256")  # KiB; what is asked for often is kept by NamesMemory
        (found,) = database.execute("PRAGMA user_version").fetchone()
        if found not in (0, SCHEMA_VERSION):
            raise StoreError(f"{path} is of version {found}: run the release that made it, or delete it")
        queries.make_tables(database)
        queries.make_store(database, store_id=str(uuid4()))
        database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return database

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def lookup_at(self, channel_id: str, at_ms: int) -> Names:
        """Return the names that were in force in a channel. The answer is final up to `SETTLE_MS` from now."""
        names = self._latest.get(channel_id)
        if names is not None and names.from_at <= at_ms < names.until_at:
            return names
        with self._lock:
            return self._memory.find(channel_id, at_ms)

    def _read(self, channel_id: str, at_ms: int) -> Names:
        names = read_names(self._database, self._strings, channel_id, at_ms)
        self._strings.prune(self._memory.periods)
        return names

    def in_force(self, scope: str, provider: ProviderName) -> list[CatalogueEmote] | None:
        """Return the catalogue's latest emotes; None where it was never fetched."""
        with self._lock:
            if queries.catalogue(self._database, scope=scope, provider=provider) is None:
                return None
            return self._in_force(scope, provider)

    def _in_force(self, scope: str, provider: ProviderName) -> list[CatalogueEmote]:
        rows = queries.in_force(self._database, scope=scope, provider=provider)
        return [
            CatalogueEmote(row[0], row[1], bool(row[2]), None if row[3] is None else bool(row[3]), row[4])
            for row in rows
        ]

    def apply(self, scope: str, provider: ProviderName, emotes: Iterable[CatalogueEmote], now_ms: int) -> Differences:
        """Store a catalogue's answer; return what changed by it. Raises sqlite3.Error and keeps what was.

        `emotes`: each id once. Nothing is written where nothing changed, but for a note every six hours.
        """
        with self._lock:
            self._take_back_after(now_ms)
            noted = queries.catalogue(self._database, scope=scope, provider=provider)
            changed = differences(self._in_force(scope, provider), emotes)
            if noted is None or any(changed):
                self._write(scope, provider, changed, now_ms)
            elif now_ms - noted[1] > ANSWER_NOTED_MS:
                queries.note_answer(self._database, scope=scope, provider=provider, answered_at=now_ms)
            return changed

    def _write(self, scope: str, provider: ProviderName, changed: Differences, now_ms: int) -> None:
        with transaction(self._database):
            change, at_ms = self._next_change(now_ms)
            where: dict[str, Any] = {"scope": scope, "provider": provider, "change": change, "at_ms": at_ms}
            queries.know(self._database, answered_at=now_ms, **where)
            queries.note_answer(self._database, scope=scope, provider=provider, answered_at=now_ms)
            for write, emotes in (("end", changed.went), ("begin", changed.came), ("redraw", changed.redrawn)):
                getattr(queries, write)(self._database, [where | row(emote) for emote in emotes])
        self._memory.end(scope, at_ms)

    def _next_change(self, now_ms: int) -> tuple[int, int]:
        """Return the next change's number and when it comes into force: later than every one before it."""
        _, last_change, last_at = queries.store_state(self._database)
        change = last_change + 1
        at_ms = max(now_ms + SETTLE_MS, last_at + 1)
        queries.set_state(self._database, last_change=change, last_at=at_ms)
        return change, at_ms

    def _take_back_after(self, now_ms: int) -> None:
        """Drop what was written for a far future, by a clock that was wrong; else no change would count until then."""
        _, last_change, last_at = queries.store_state(self._database)
        if last_at <= now_ms + CLOCK_AHEAD_MS:
            return
        latest = now_ms + SETTLE_MS
        with transaction(self._database):
            queries.drop_later_versions(self._database, latest=latest)
            queries.reopen_versions(self._database, latest=latest, change=last_change + 1)
            queries.drop_later_catalogues(self._database, latest=latest)
            queries.set_state(self._database, last_change=last_change + 1, last_at=latest)
        self._memory.clear()

    def last_change(self) -> int:
        """Return the number of the last change."""
        with self._lock:
            return int(queries.store_state(self._database)[1])

    def channels(self) -> list[str]:
        """Return the channels of which a catalogue is known."""
        with self._lock:
            return [scope for (scope,) in queries.known_scopes(self._database) if scope != GLOBAL]

    def changes_after(self, change: int) -> Changes | None:
        """Return the next changes after a number; None if there are none."""
        with self._lock:
            _, last_change, _ = queries.store_state(self._database)
            if change >= last_change:
                return None
            span = {"after": change, "until": min(change + BATCH, last_change)}
            known = list(queries.catalogues_between(self._database, **span))
            rows = list(queries.versions_between(self._database, **span))
        versions = [msgspec.convert(row, Version, strict=False) for row in rows]  # SQLite has 0 and 1 for bool
        return Changes(span["until"], known, versions)

    def forget(self, now_ms: int) -> None:
        """Delete versions that went 30 days ago, and channels that nobody watched for so long."""
        with self._lock, transaction(self._database):
            queries.forget_versions(self._database, before=now_ms - KEPT_MS)
            queries.forget_unwatched_versions(self._database, before=now_ms - KEPT_MS)
            queries.forget_unwatched(self._database, before=now_ms - KEPT_MS)

    def forget_channel(self, channel_id: str) -> None:
        """Delete a channel's catalogues with all of their versions, as after an opt-out."""
        with self._lock:
            with transaction(self._database):
                queries.forget_channel_versions(self._database, channel_id=channel_id)
                queries.forget_channel(self._database, channel_id=channel_id)
            self._memory.clear()


def row(emote: CatalogueEmote) -> dict[str, Any]:
    """Return an emote's columns."""
    return {"emote_id": emote.id} | {
        name: getattr(emote, name) for name in ("name", "is_zero_width", "is_animated", "image")
    }
