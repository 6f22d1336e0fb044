"""Reads what viewers alone found."""

from datetime import datetime

from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from api_frontend.data.stored_moment import web_address
from api_frontend.data.viewers.viewer_place import ViewerPlace

MOST_OF_STREAM = 24
DAYS = 30  # of a channel's page


class ViewerPlaces:
    """Raises `PostgresAwayError` if Postgres does not answer. Nothing is kept: who opts out is gone at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_channel(self, channel_id: str, most: int) -> list[ViewerPlace]:
        """Return the newest ones of a channel."""
        where = {"channel_id": channel_id, "days": DAYS, "most": most}
        return [place_in(row) for row in await self._database.rows(queries.newest_viewer_places.sql, where)]

    async def of_stream(
        self, channel_id: str, stream_id: str, from_at: datetime, until_at: datetime
    ) -> list[ViewerPlace]:
        """Return those of a stream that the most viewers clipped."""
        where = {"channel_id": channel_id, "stream_id": stream_id, "from_at": from_at, "until_at": until_at}
        rows = await self._database.rows(queries.viewer_places_of_stream.sql, where | {"most": MOST_OF_STREAM})
        return [place_in(row) for row in rows]


def place_in(row: DictRow) -> ViewerPlace:
    """Read a row."""
    return ViewerPlace(**row | {"url": web_address(row["url"])})
