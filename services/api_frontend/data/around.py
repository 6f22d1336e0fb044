"""Reads what leads on from a moment: its stream, the same minute elsewhere, and its neighbours in the list."""

from dataclasses import dataclass, field
from datetime import timedelta

from api_frontend.data.database import Database, queries
from api_frontend.data.moments import Moments
from api_frontend.data.stored_moment import StoredMoment, utc

MOST = 6  # cards in each part
SAME_MINUTE = timedelta(seconds=60)  # before and after
LONGEST_STREAM = timedelta(hours=48)  # Twitch ends a broadcast after that


@dataclass(frozen=True)
class Around:
    """Moments around one. `previous` and `next` are None at the ends of the list."""

    stream: list[StoredMoment] = field(default_factory=list)
    minute: list[StoredMoment] = field(default_factory=list)
    previous: StoredMoment | None = None
    next: StoredMoment | None = None


class Surroundings:
    """Reads what is around moments; raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, moments: Moments) -> None:
        self._database, self._moments = database, moments

    async def of(self, moment: StoredMoment) -> Around:
        """Return what is around this moment."""
        document = moment.document
        started_at = document.stream_started_at
        rows = await self._database.rows(
            queries.around.sql,
            {
                "moment_id": moment.moment_id,
                "channel_id": document.channel_id,
                "stream_id": document.stream_id,
                "crossed_at": moment.crossed_at,
                "stream_from": utc(started_at) if started_at else moment.crossed_at - LONGEST_STREAM,
                "minute_from": moment.crossed_at - SAME_MINUTE,
                "minute_until": moment.crossed_at + SAME_MINUTE,
                "most": MOST,
            },
        )
        found = {each.moment_id: each for each in await self._moments.by_ids(row["moment_id"] for row in rows)}
        places: dict[str, list[StoredMoment]] = {"stream": [], "minute": [], "previous": [], "next": []}
        for row in rows:
            if row["moment_id"] in found:
                places[row["place"]].append(found[row["moment_id"]])
        return Around(
            places["stream"], places["minute"], next(iter(places["previous"]), None), next(iter(places["next"]), None)
        )
