"""What a stream's chat used and felt: the emotes of each of its hours and of all of it, as JSON."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import psycopg
from psycopg.rows import dict_row

from emote_counts.reading import Ask, Row, top_emotes
from stream_recaps.felt import FeltHour, RecapEmote, felt_hour

HOUR_MS = 3_600_000
HOUR_MINUTES = 60
LOOKED_AT = 60  # emotes of an hour that say what was felt
OF_HOUR, OF_STREAM = 6, 20  # emotes that are kept
T = TypeVar("T")
HOURS = msgspec.json.Decoder(list[FeltHour])


def asking(connection: psycopg.Connection) -> Ask:
    """Return what runs statements on a connection that waits for its answers."""

    async def ask(sql: str, parameters: Mapping[str, Any]) -> Sequence[Row]:
        with connection.cursor(row_factory=dict_row, binary=True) as cursor:
            return cursor.execute(sql, parameters).fetchall()

    return ask


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that waits for nothing: its questions are answered at once."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    work.close()
    raise RuntimeError("it waits for something that no event loop brings")


class EmotesOfStream:
    """Reads emotes of a stream, on the connection of a roll-up."""

    def top(
        self, connection: psycopg.Connection, channel_id: str, from_at: int, until_at: int, most: int
    ) -> list[RecapEmote]:
        """Return the most used emotes between two times (ms)."""
        found = finished(top_emotes(asking(connection), channel_id, from_at, until_at, most=most))
        return [RecapEmote(*each) for each in found]

    def whole(self, connection: psycopg.Connection, channel_id: str, from_at: int, until_at: int) -> str:
        """Return the most used emotes of the whole time as JSON."""
        return msgspec.json.encode(self.top(connection, channel_id, from_at, until_at, OF_STREAM)).decode()

    def hours(
        self,
        connection: psycopg.Connection,
        channel_id: str,
        from_at: int,
        until_at: int,
        *,
        known: str,
        minutes_known: int,
    ) -> str:
        """Return the hours as JSON; those that were whole when `minutes_known` were rolled up stay as they are.

        So does an hour whose emotes are not kept any more.
        """
        before = HOURS.decode(known)
        found = before[: minutes_known // HOUR_MINUTES]
        while (begin := from_at + len(found) * HOUR_MS) < until_at:
            emotes = self.top(connection, channel_id, begin, min(begin + HOUR_MS, until_at), LOOKED_AT)
            is_lost = not emotes and len(found) < len(before)
            found.append(before[len(found)] if is_lost else felt_hour(emotes, OF_HOUR))
        return msgspec.json.encode(found).decode()
