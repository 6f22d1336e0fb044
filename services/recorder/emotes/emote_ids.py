"""Our own short ids of emotes, and minutes packed with them."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
import psycopg

from emote_counts.minute_row import pack_minute
from emote_counts.uses import EmoteKey
from recorder.partitions import day_of
from recorder.rows.emote_minutes import EmoteMinute

REMEMBERED = 20_000  # emotes, some 8 MB; a day has about as many


class EmoteIds:
    """Ids by provider, id and name. What is new gets one."""

    def __init__(self, queries: Any) -> None:
        self._queries = queries
        self._ids: dict[EmoteKey, tuple[int, date]] = {}  # and up to which day the table knows that it was used
        self._today = date.min

    def learn(self, connection: psycopg.Connection, minutes: Iterable[EmoteMinute], today: date) -> None:
        """Ask for the ids that `packed` needs; outside of a transaction that may be undone. Raises psycopg.Error."""
        if today != self._today or len(self._ids) > REMEMBERED:
            self._ids, self._today = {}, today  # the retention forgets emotes from one day to the next
        needed: dict[EmoteKey, date] = {}
        for minute in minutes:
            day = day_of(minute.minute_at)
            for key in minute.emotes:
                if key not in self._ids or self._ids[key][1] < day:
                    needed[key] = max(day, needed.get(key, day))
        for ask in (self._queries.known_emotes, self._queries.name_emotes):
            if needed:
                keys = [dict(zip(("provider", "provider_id", "name", "used_on"), (*key, str(needed[key])), strict=True))
                        for key in needed]  # fmt: skip
                for provider, provider_id, name, emote_id in ask(connection, keys=msgspec.json.encode(keys).decode()):
                    key = (provider, provider_id, name)
                    self._ids[key] = (emote_id, needed.pop(key))

    def packed(self, minutes: Iterable[EmoteMinute]) -> list[dict[str, Any]]:
        """Return the rows as the statement takes them."""
        return [
            {
                "channel_id": minute.channel_id,
                "minute_at": minute.minute_at,
                "is_closed": minute.is_closed,
                "uses": minute.uses,
                "packed": b64encode(
                    pack_minute({self._ids[key][0]: found for key, found in minute.emotes.items()})
                ).decode(),
            }
            for minute in minutes
        ]
