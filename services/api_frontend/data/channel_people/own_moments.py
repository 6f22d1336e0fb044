"""A channel's moments as its own people see them, those that they hid too."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from api_frontend.data.stored_moment import document_in, web_address
from contracts.moments import Moment
from moment_detection.hidden_words import HiddenWords


@dataclass(frozen=True, kw_only=True)
class OwnMoment:
    """A moment. `clip_status`: None where nothing is known of a clip (yet)."""

    moment_id: str
    crossed_at: datetime
    document: Moment
    is_hidden: bool
    clip_status: str | None
    clip_id: str | None
    clip_url: str | None
    vod_url: str | None

    @property
    def has_clip(self) -> bool:
        """Whether its clip was made."""
        return self.clip_status == "made"


class OwnMoments:
    """Every method raises `PostgresAwayError` if Postgres does not answer. No channel is asked for but one's own."""

    def __init__(self, database: Database, hidden: HiddenWords) -> None:
        self._rows, self._hidden = database.rows, hidden

    async def page(self, channel_id: str, before_at: datetime, most: int) -> list[OwnMoment]:
        """Return a channel's newest moments before this time."""
        values = {"channel_id": channel_id, "before_at": before_at, "most": most}
        return self._read(await self._rows(queries.own_moments.sql, values))

    async def one(self, channel_id: str, moment_id: str) -> OwnMoment | None:
        """Return a moment of the channel; None if it has no such moment."""
        found = self._read(await self._rows(queries.own_moment.sql, {"channel_id": channel_id, "moment_id": moment_id}))
        return found[0] if found else None

    async def hide(self, channel_id: str, moment_id: str) -> bool:
        """Hide a moment of the channel from everybody; False if it was hidden, or is none of the channel's."""
        return await self._do(queries.hide_own_moment.sql, channel_id, moment_id)

    async def show(self, channel_id: str, moment_id: str) -> bool:
        """Show it again; False if it was not hidden by the channel."""
        return await self._do(queries.show_own_moment.sql, channel_id, moment_id)

    async def _do(self, sql: str, channel_id: str, moment_id: str) -> bool:
        return bool((await self._rows(sql, {"channel_id": channel_id, "moment_id": moment_id}))[0]["done"])

    def _read(self, rows: list[DictRow]) -> list[OwnMoment]:
        found = []
        for row in rows:
            try:
                document = document_in(row["document"])
            except msgspec.ValidationError:
                continue
            shown = msgspec.structs.replace(document, evidence=self._hidden.shown(document.evidence))
            addresses = {name: web_address(row[name]) for name in ("clip_url", "vod_url")}
            found.append(OwnMoment(**row | addresses | {"document": shown}))
        return found
