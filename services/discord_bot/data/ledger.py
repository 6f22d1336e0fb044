"""The ledger of messages: an intent is written before Discord is asked, its outcome after that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct
from psycopg.rows import DictRow

from discord_bot.data.database import Database, queries
from discord_bot.data.streams import stream_in
from discord_bot.rules.announcing import Candidate, Intent, Kind
from discord_notices.messages.live import Notice
from discord_notices.rules.guild import AtEnd
from discord_notices.storage.asking import as_json
from discord_notices.storage.follows import streamer_in
from discord_notices.wording import language_of

State = Literal["sent", "refused", "unknown", "over"]


class Entry(Struct, frozen=True, kw_only=True):
    """An intent in the ledger, and since when it is there (Postgres's clock)."""

    intent: Intent
    intended_at: datetime


class Posted(Struct, frozen=True, kw_only=True):
    """A message that stands on Discord."""

    guild_id: int
    kind: Kind
    subject: str
    text_channel_id: int
    message_id: int


class Stale(Struct, frozen=True, kw_only=True):
    """A message that names a moment which was hidden since it was made."""

    posted: Posted
    intent: Intent
    shown_version: int


class OpenNotice(Struct, frozen=True, kw_only=True):
    """A live notice in the ledger with what its message shows. `message_id`: None before it was sent."""

    guild_id: int
    text_channel_id: int
    message_id: int | None
    shown_version: int
    intended_at: datetime
    settled_at: datetime | None
    edited_at: datetime | None
    language: str
    at_end: AtEnd
    vod_asked: int
    notice: Notice

    @property
    def posted(self) -> Posted:
        """Return which message it is. Raises ValueError before it was sent."""
        if self.message_id is None:
            raise ValueError("this notice was not sent")
        return Posted(
            guild_id=self.guild_id,
            kind="live",
            subject=self.notice.stream.stream_id,
            text_channel_id=self.text_channel_id,
            message_id=self.message_id,
        )


def notice_in(row: DictRow) -> OpenNotice:
    """Read a row of discord_notices."""
    return OpenNotice(
        guild_id=row["guild_id"],
        text_channel_id=row["text_channel_id"],
        message_id=row["message_id"],
        shown_version=row["shown_version"],
        intended_at=row["intended_at"],
        settled_at=row["settled_at"],
        edited_at=row["edited_at"],
        language=language_of(row["language"], row["locale"]),
        at_end=row["at_end"],
        vod_asked=row["vod_asked"],
        notice=Notice(
            stream=stream_in(row),
            streamer=streamer_in(row),
            nonce=row["nonce"],
            template=row["template"],
            role_id=row["role_id"],
            vod_url=row["vod_url"],
        ),
    )


def intent_in(row: DictRow) -> Intent:
    """Read an intent's columns."""
    return Intent(**{name: row[name] for name in Intent.__struct_fields__})


class Ledger:
    """Every method raises `PostgresAwayError` if Postgres does not answer. `holder`: who has the lease."""

    def __init__(self, database: Database, holder: str) -> None:
        self._database = database
        self._holder = holder

    async def candidates(self, stream_ids: Sequence[str]) -> list[Candidate]:
        """Return the servers that may have to be told of these streams."""
        rows = await self._database.rows(queries.candidates, {"stream_ids": list(stream_ids)})
        return [Candidate(**row | {"games": tuple(row["games"])}) for row in rows]

    async def intend(self, intents: Sequence[Intent]) -> list[Intent]:
        """Write intents; return those that are new and may be sent: none without the lease."""
        if not intents:
            return []
        rows = await self._database.rows(queries.write_intents, {"rows": as_json(intents), "holder": self._holder})
        return [intent_in(row) for row in rows]

    async def open_intents(self, older_seconds: float) -> list[Entry]:
        """Return the intents without an outcome that are at least so old."""
        rows = await self._database.rows(queries.open_intents, {"older_seconds": older_seconds})
        return [Entry(intent=intent_in(row), intended_at=row["intended_at"]) for row in rows]

    async def settle(
        self, intent: Intent, state: State, reason: str = "", message_id: int | None = None, shown_version: int = 0
    ) -> None:
        """Write an intent's outcome."""
        await self._database.rows(
            queries.settle,
            {
                "guild_id": intent.guild_id,
                "kind": intent.kind,
                "subject": intent.subject,
                "state": state,
                "reason": reason,
                "message_id": message_id,
                "shown_version": shown_version,
            },
        )

    async def notices(self, intents: Sequence[Intent]) -> dict[tuple[int, str], OpenNotice]:
        """Return what the notices of these intents show, by server and stream."""
        rows = await self._database.rows(
            queries.notices,
            {
                "guild_ids": [each.guild_id for each in intents],
                "stream_ids": [each.subject for each in intents],
            },
        )
        return {(row["guild_id"], row["subject"]): notice_in(row) for row in rows}

    async def changed_notices(self, most: int, vod_asked: int, open_seconds: float) -> list[OpenNotice]:
        """Return the notices on Discord that show less than is known, and those that may be settled.

        An ended one may be if its recording is known, was asked for so often, or the end is so long ago.
        """
        limits = {"most": most, "vod_asked": vod_asked, "open_seconds": open_seconds}
        return [notice_in(row) for row in await self._database.rows(queries.changed_notices, limits)]

    async def note_shown(self, posted: Posted, shown_version: int | None, is_final: bool) -> None:
        """Note what a message shows now; None where nothing was edited. A final one is never touched again."""
        key = {"guild_id": posted.guild_id, "kind": posted.kind, "subject": posted.subject}
        await self._database.rows(queries.note_shown, key | {"shown_version": shown_version, "is_final": is_final})

    async def note_tried(self, posted: Posted) -> None:
        """Note that Discord takes no edit of a message for now."""
        key = {"guild_id": posted.guild_id, "kind": posted.kind, "subject": posted.subject}
        await self._database.rows(queries.note_tried, key)

    async def stale(self, most: int) -> list[Stale]:
        """Return the messages that are to be made anew, or taken away."""
        rows = await self._database.rows(queries.stale_messages, {"most": most})
        return [
            Stale(
                posted=Posted(**{name: row[name] for name in Posted.__struct_fields__}),
                intent=intent_in(row),
                shown_version=row["shown_version"],
            )
            for row in rows
        ]

    async def note_fresh(self, posted: Posted) -> None:
        """Note that a message names nothing any more that is hidden."""
        key = {"guild_id": posted.guild_id, "kind": posted.kind, "subject": posted.subject}
        await self._database.rows(queries.note_fresh, key)

    async def of_opted_out(self) -> list[Posted]:
        """Return what stands on Discord of streamers who have opted out."""
        rows = await self._database.rows(queries.messages_opted_out)
        return [Posted(**row) for row in rows]

    async def forget_one(self, posted: Posted) -> None:
        """Delete the row of a message that is deleted on Discord."""
        key = {"guild_id": posted.guild_id, "kind": posted.kind, "subject": posted.subject}
        await self._database.rows(queries.forget_message, key)

    async def forget(self, days: int) -> None:
        """Delete the rows that were settled so many days ago."""
        await self._database.rows(queries.forget_messages, {"days": days})
