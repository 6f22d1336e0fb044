"""Reads recaps: what is rolled up is one row, and of a live stream the minutes since then are read by themselves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from api_frontend.data.recaps.recap import Change, Eruption, Raid, Recap, RecapStream
from api_frontend.data.stored_moment import web_address
from api_frontend.data.viewers.viewer_places import ViewerPlaces
from contracts import kept
from emote_counts.gaps import CoverageEvent, read_spans
from emote_counts.reading import milliseconds, moment
from moment_detection.hidden_words import HiddenWords
from stream_recaps.felt import FeltHour, RecapEmote
from stream_recaps.minutes import CountedMinute, Minutes, first_minute, minutes_of

MOST_MOMENTS = 500  # of a stream; at eleven an hour that is a day and a half
LEAST_VIEWERS = 3  # numbers that make a line
KEPT = timedelta(days=kept.COUNTS_DAYS)
HOURS, EMOTES = msgspec.json.Decoder(list[FeltHour]), msgspec.json.Decoder(list[RecapEmote])


class Recaps:
    """Raises `PostgresAwayError` if Postgres does not answer. Nothing is kept: what is hidden is gone at once."""

    def __init__(self, database: Database, hidden: HiddenWords) -> None:
        self._database, self._hidden = database, hidden
        self._viewer_places = ViewerPlaces(database)

    async def of(self, channel_id: str, stream_id: str) -> Recap | None:
        """Return the recap of a channel's stream; None if it had no such stream."""
        where = {"channel_id": channel_id, "stream_id": stream_id}
        rows = await self._database.rows(queries.recap_row.sql, where, binary=True)
        return await self._recap(channel_id, rows[0]) if rows else None

    async def stream_at(self, channel_id: str, at: datetime) -> str | None:
        """Return the id of the stream that a time belongs to."""
        rows = await self._database.rows(queries.stream_at.sql, {"channel_id": channel_id, "at": at})
        return str(rows[0]["stream_id"]) if rows else None

    async def _recap(self, channel_id: str, row: DictRow) -> Recap:
        stream = RecapStream(**{name: row[name] for name in RecapStream.__dataclass_fields__})
        until_at = min(stream.over_at, row["job_until"]) if row["job_until"] else None
        minutes = await self._minutes(channel_id, row, stream, until_at)
        times = {"channel_id": channel_id, "from_at": stream.started_at, "until_at": stream.over_at}
        moments = await self._database.rows(queries.recap_moments.sql, times | {"most": MOST_MOMENTS})
        events = await self._database.rows(queries.recap_events.sql, times | {"stream_id": stream.stream_id})
        missed = await self._viewer_places.of_stream(channel_id, stream.stream_id, stream.started_at, stream.over_at)
        return Recap(
            stream=stream,
            minutes=minutes if stream.ended_at or stream.is_live(row["now"]) else minutes.without_unread_end(),
            counted_until=until_at,
            now=row["now"],
            eruptions=[Eruption(**each | {"url": web_address(each["url"])}) for each in moments],
            changes=changes_in(events),
            viewer_places=missed,
            raids=[Raid(each["at"], each["amount"]) for each in events if each["kind"] == "raid"],
            hours=[self._shown_hour(each) for each in HOURS.decode(row["hours"] or "[]")],
            is_kept=row["counted_until"] is not None or row["now"] - stream.started_at < KEPT,
            emotes=self._shown(EMOTES.decode(row["emotes"] or "[]")),
            **viewers_in(row),
        )

    async def _minutes(self, channel_id: str, row: DictRow, stream: RecapStream, until_at: datetime | None) -> Minutes:
        begin = first_minute(milliseconds(stream.started_at))
        rolled = Minutes(begin)
        if row["messages"] and row["rolled_from"] == stream.started_at and not row["is_stale"]:
            rolled = Minutes(begin, tuple(row["messages"]), tuple(row["people"]), tuple(row["unread"]))
        if until_at is None or rolled.until_at >= milliseconds(until_at):
            return rolled
        tail_at = moment(rolled.until_at)
        times = {"from_at": tail_at, "until_at": until_at}
        counted = [
            CountedMinute(milliseconds(each["minute_at"]), each["messages"] or 0, each["people"] or 0)
            for each in await self._database.rows(queries.recap_minutes.sql, {"channel_id": channel_id} | times)
        ]
        events = await self._database.rows(queries.coverage_of.sql, {"channel_ids": [channel_id]} | times)
        spans = milliseconds(tail_at), milliseconds(until_at)
        return rolled.and_then(minutes_of(counted, read_spans(map(coverage_in, events), *spans), *spans))

    def _shown(self, emotes: Sequence[RecapEmote]) -> list[RecapEmote]:
        return [each for each in emotes if not self._hidden.hides(each.name)]

    def _shown_hour(self, hour: FeltHour) -> FeltHour:
        return FeltHour(tuple(self._shown(hour.emotes)), hour.moods)


def coverage_in(row: DictRow) -> CoverageEvent:
    """Read a row of `coverage`."""
    until_at = row["until_at"]
    return CoverageEvent(
        row["event"], milliseconds(row["from_at"]), None if until_at is None else milliseconds(until_at)
    )


def changes_in(events: Sequence[DictRow]) -> list[Change]:
    """Return what the stream was called, each only where it is another than before; an empty one says nothing."""
    found: list[Change] = []
    for each in events:
        if each["kind"] != "change":
            continue
        before = found[-1] if found else Change(each["at"], "", "")
        change = Change(each["at"], each["title"] or before.title, each["game_name"] or before.game_name)
        if not found or (change.title, change.game_name) != (before.title, before.game_name):
            found.append(change)
    return found


def viewers_in(row: DictRow) -> dict[str, Any]:
    """Return how many watched: by the recorder's numbers, else by those of the Discord bot; the peak of both."""
    own = row["viewers"] or []
    known = [each for each in own if each is not None]
    polled = row["polled_viewers"] or []
    peaks = [*known, row["viewers_peak"] or 0]
    mean = round(sum(known) / len(known)) if known else row["viewers_mean"]
    return {
        "viewers": own if len(known) >= LEAST_VIEWERS or not polled else polled,
        "viewers_peak": max(peaks) or None,
        "viewers_mean": mean,
    }
