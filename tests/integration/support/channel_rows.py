"""Rows that the pages of channels read, beside the moments."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from integration.support.api_frontend_process import Rows

MINUTE = timedelta(minutes=1)


class ChannelRows(Rows):
    """Writes channels, their streams, and how much was written in them.

    `minute` is the one that had begun when this was made; "so many minutes ago" is before it.
    """

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn)
        self._own = psycopg.connect(dsn, autocommit=True)
        self.minute = datetime.now(UTC).replace(second=0, microsecond=0)

    def run(self, sql: str, *values: object) -> None:
        """Run a statement."""
        self._own.execute(sql, values)  # type: ignore[call-overload]

    def watched(self, channel_id: str, login: str) -> None:
        """Store a channel and put it on the list of watched ones."""
        self.channel(channel_id, login)
        self.run("INSERT INTO watched_channels VALUES (%s, %s, 'top', now())", channel_id, login)

    def stream(
        self,
        channel_id: str,
        started_ago: float,
        ended_ago: float | None = None,
        *,
        title: str = "",
        game_name: str = "",
        language: str = "",
    ) -> None:
        """Store a stream that began and ended so many seconds ago."""
        now = datetime.now(UTC)
        started_at = now - timedelta(seconds=started_ago)
        ended_at = None if ended_ago is None else now - timedelta(seconds=ended_ago)
        self.run(
            "INSERT INTO streams VALUES (%s, %s, %s, %s, %s, %s, %s, now())",
            f"s{channel_id}-{started_ago}", channel_id, started_at, ended_at, title, game_name, language,
        )  # fmt: skip

    @contextmanager
    def viewers_of_newest(self, channel_id: str, viewers: Sequence[int]) -> Iterator[None]:
        """Let the Discord bot have counted the viewers of a channel's newest stream, for a block."""
        newest = "SELECT stream_id FROM streams WHERE channel_id = %s ORDER BY started_at DESC LIMIT 1"
        self.run(
            "INSERT INTO discord_streams (stream_id, channel_id, started_at, viewers_peak, viewers_sum, polls)"
            f" VALUES (({newest}), %s, now(), %s, %s, %s)",
            channel_id, channel_id, max(viewers), sum(viewers), len(viewers),
        )  # fmt: skip
        self.run(f"INSERT INTO discord_viewers VALUES (({newest}), %s, now())", channel_id, list(viewers))
        yield
        self.run("DELETE FROM discord_streams WHERE channel_id = %s", channel_id)

    def counts(self, channel_id: str, minutes_ago: int, people: Sequence[int]) -> None:
        """Store sixty counts of the minute that began so many minutes ago."""
        minute_at = self.minute - minutes_ago * MINUTE
        self.run("SELECT make_chat_counts_partition(%s)", minute_at.date())
        self.run("INSERT INTO chat_counts VALUES (%s, %s, %s, %s)", channel_id, minute_at, list(people), list(people))

    def coverage(self, channel_id: str, event: str, from_ago: float, until_ago: float | None = None) -> None:
        """Store an event of so many minutes ago."""
        times = [None if ago is None else self.minute - ago * MINUTE for ago in (from_ago, until_ago)]
        self.run("INSERT INTO coverage VALUES (%s, %s, %s, %s, '')", channel_id, event, *times)

    def counted(self) -> None:
        """Say that everything up to `minute` is counted."""
        self.run(
            "INSERT INTO pipeline_progress VALUES ('job', %s, now()), ('recorder', now(), now()) "
            "ON CONFLICT (stage) DO UPDATE SET event_at = excluded.event_at, updated_at = excluded.updated_at",
            self.minute + timedelta(seconds=11),
        )

    def opt_out(self, channel_id: str) -> None:
        """Opt a channel out, as the site does."""
        self.run("SELECT opt_out_channel(%s, '')", channel_id)

    def close(self) -> None:
        """End the connections."""
        self._own.close()
        super().close()
