"""The streams that were polled, and how many people watched them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from psycopg.rows import DictRow

from discord_bot.data.database import Database, queries
from discord_notices.rules.stream import PolledStream
from discord_notices.storage.asking import as_json

SAMPLE_SECONDS = 300.0  # between two numbers of viewers that are kept
MOST_SAMPLES = 600  # of a stream: fifty hours
FIELDS = PolledStream.__struct_fields__


class PastStream(Struct, frozen=True, kw_only=True):
    """A stream for /stats. `moments`: how often its chat erupted, as far as its chat was read."""

    stream: PolledStream
    vod_url: str
    moments: int


class Recording(Struct, frozen=True, kw_only=True):
    """An ended stream whose recording is asked for at Twitch."""

    stream_id: str
    channel_id: str


def stream_in(row: DictRow) -> PolledStream:
    """Read the stream in a row; columns that the row lacks have their defaults."""
    return PolledStream(**{name: row[name] for name in FIELDS if name in row})


class Streams:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, channel_ids: Sequence[str]) -> dict[str, PolledStream]:
        """Return the newest stream of each channel that has any."""
        rows = await self._database.rows(queries.newest_streams, {"channel_ids": list(channel_ids)})
        return {row["channel_id"]: stream_in(row) for row in rows}

    async def write(self, streams: Sequence[PolledStream]) -> None:
        """Write what a poll changed, and sample the viewers of those that are live."""
        if not streams:
            return
        await self._database.rows(queries.write_streams, {"rows": as_json(streams)})
        live = [each for each in streams if each.is_live]
        await self._database.rows(
            queries.sample_viewers, {"rows": as_json(live), "every_seconds": SAMPLE_SECONDS, "most": MOST_SAMPLES}
        )

    async def recordings_to_ask(self, after_seconds: float, most_times: int, most: int) -> list[Recording]:
        """Return the ended streams whose recording a notice waits for."""
        rows = await self._database.rows(
            queries.recordings_to_ask, {"after_seconds": after_seconds, "most_times": most_times, "most": most}
        )
        return [Recording(stream_id=row["stream_id"], channel_id=row["channel_id"]) for row in rows]

    async def note_recording(self, stream_id: str, vod_url: str) -> None:
        """Note that a recording was asked for; `vod_url` is empty if there is none (yet)."""
        await self._database.rows(queries.note_recording, {"stream_id": stream_id, "vod_url": vod_url})

    async def last(self, channel_id: str, most: int) -> list[PastStream]:
        """Return a channel's last streams, the newest first."""
        rows = await self._database.rows(queries.last_streams, {"channel_id": channel_id, "most": most})
        return [
            PastStream(
                stream=stream_in(row | {"channel_id": channel_id}), vod_url=row["vod_url"], moments=row["moments"]
            )
            for row in rows
        ]

    async def best_clip(self, channel_id: str, from_at: datetime, until_at: datetime) -> str:
        """Return the address of the best clip of a time; empty if there is none."""
        rows = await self._database.rows(
            queries.best_clip, {"channel_id": channel_id, "from_at": from_at, "until_at": until_at}
        )
        return str(rows[0]["url"]) if rows else ""

    async def forget(self, days: int) -> None:
        """Delete the streams that ended so many days ago."""
        await self._database.rows(queries.forget_streams, {"days": days})

    async def forget_opted_out(self) -> None:
        """Delete the streams of channels that have opted out."""
        await self._database.rows(queries.forget_streams_opted_out)
