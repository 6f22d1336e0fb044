"""Reads what a search engine may find: the newest moments and streams and the channels, with when each changed."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api_frontend.data.database import Database, queries

MOST_MOMENTS = 1000
MOST_STREAMS = 500
MOST_CHANNELS = 20_000  # sitemaps.org: 50,000 addresses and 50 MB a file


@dataclass(frozen=True)
class Place:
    """A page's path, encoded, and when it changed; None if that is not known."""

    path: str
    changed_at: datetime | None = None


def encoded(name: str) -> str:
    """Return a name as a part of a path."""
    return quote(name, safe="")


class Sitemap:
    """Reads the places. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def places(self) -> list[Place]:
        """Return the channels by login, then the newest streams and moments."""
        channels = await self._database.rows(queries.sitemap_channels.sql, {"most": MOST_CHANNELS})
        moments = await self._database.rows(queries.sitemap_moments.sql, {"most": MOST_MOMENTS})
        streams = await self._database.rows(queries.sitemap_streams.sql, {"most": MOST_STREAMS})
        return [
            *(Place(f"/channels/{encoded(row['login'])}", row["changed_at"]) for row in channels),
            *(
                Place(
                    f"/channels/{encoded(row['login'])}/streams/{quote(row['stream_id'], safe='')}",
                    row["changed_at"],
                )
                for row in streams
            ),
            *(Place(f"/moments/{encoded(row['moment_id'])}", row["changed_at"]) for row in moments),
        ]
