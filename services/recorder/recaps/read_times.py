"""When a channel was read, as table `coverage` says."""

import psycopg

from emote_counts.gaps import CoverageEvent, Span, read_spans
from emote_counts.reading import milliseconds, moment, queries


def read_spans_of(connection: psycopg.Connection, channel_id: str, from_at: int, until_at: int) -> list[Span]:
    """Return the times between the two (ms) in which somebody read the channel."""
    where = {"channel_id": channel_id, "from_at": moment(from_at), "until_at": moment(until_at)}
    rows = connection.execute(queries.coverage_between.sql, where).fetchall()
    events = [
        CoverageEvent(event, milliseconds(begin), None if end is None else milliseconds(end))
        for event, begin, end in rows
    ]
    return read_spans(events, from_at, until_at)
