"""Reads a channel's emotes: the most used of a time, single ones with their looks, and their series."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from async_lru import alru_cache

from api_frontend.data.database import Database, queries
from api_frontend.data.emotes.emote import EmoteKey, ShownEmote, UsedEmote
from api_frontend.data.emotes.pictures import Pictures
from emote_counts.minute_row import MinuteRow
from emote_counts.reading import Row, TopEmote, milliseconds, moment, several_series, top_emotes
from emote_counts.series import Period, Series
from moment_detection.hidden_words import HiddenWords

UNTIL_SECONDS = 2.0  # how long it is known until when emotes are counted
SPARE = 20  # more are read than shown, since some names are hidden
Place = tuple[str, EmoteKey]  # a channel's id, and one of its emotes


class ChannelEmotes:
    """Reads emotes. Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, pictures: Pictures, hidden: HiddenWords) -> None:
        self._database, self._pictures, self._hidden = database, pictures, hidden
        self._until = alru_cache(maxsize=1, ttl=UNTIL_SECONDS)(self._read_until)

    async def ask(self, sql: str, values: Mapping[str, Any]) -> Sequence[Row]:
        """Run a statement as `emote_counts.reading` asks for it."""
        return await self._database.rows(sql, values, binary=True)

    async def counted_until(self) -> int | None:
        """Return until when emotes are counted, in ms; None before any were."""
        return await self._until()

    async def _read_until(self) -> int | None:
        rows = await self._database.rows(queries.emotes_counted_until.sql)
        return milliseconds(rows[0]["until_at"]) if rows[0]["until_at"] else None

    async def top(
        self,
        channel_id: str,
        from_at: int,
        until_at: int,
        *,
        most: int,
        providers: Collection[str] | None = None,
        name_part: str = "",
    ) -> list[UsedEmote]:
        """Return the most used emotes between two times (ms), without hidden words."""
        found = await top_emotes(
            self.ask, channel_id, from_at, until_at, most=most + SPARE, providers=providers, name_part=name_part
        )
        shown = [each for each in found if not self.hides(each.name)][:most]
        looks = await self.looks([(channel_id, key_of(each)) for each in shown])
        return [self.used(each, channel_id, looks) for each in shown]

    def hides(self, name: str) -> bool:
        """Return whether an emote's name is never shown."""
        return self._hidden.hides(name)

    def used(self, top: TopEmote, channel_id: str, looks: Mapping[Place, Row]) -> UsedEmote:
        """Return a used emote with its looks."""
        emote = self.shown(key_of(top), top.name, looks.get((channel_id, key_of(top))))
        return UsedEmote(emote=emote, uses=top.uses, people=top.people)

    def shown(self, key: EmoteKey, name: str, look: Row | None) -> ShownEmote:
        """Return an emote under a name, with its looks if the catalogue has them."""
        address, is_animated = (look["image"], look["is_animated"]) if look else ("", None)
        went_at: datetime | None = look["went_at"] if look else None
        return ShownEmote(key=key, name=name, picture=self._pictures.of(key, address, is_animated), went_at=went_at)

    async def looks(self, places: Sequence[Place]) -> dict[Place, Row]:
        """Return what the catalogues know of emotes in channels."""
        wanted = [place for place in places if place[1].provider != "twitch"]
        if not wanted:
            return {}
        values = {
            "scopes": [channel_id for channel_id, _ in wanted],
            "providers": [key.provider for _, key in wanted],
            "provider_ids": [key.id for _, key in wanted],
        }
        rows = await self._database.rows(queries.emote_looks.sql, values)
        return {(row["scope"], EmoteKey(row["provider"], row["provider_id"])): row for row in rows}

    async def unused(
        self, channel_id: str, name_part: str, providers: Collection[str] | None, most: int
    ) -> list[ShownEmote]:
        """Return emotes of the channel's catalogue by a part of their names, whether they were used or not."""
        values = {
            "channel_id": channel_id,
            "name_part": name_part,
            "providers": None if providers is None else list(providers),
            "most": most,
        }
        rows = await self._database.rows(queries.catalogue_search.sql, values)
        named = [(EmoteKey(row["provider"], row["provider_id"]), row["name"]) for row in rows]
        looks = await self.looks([(channel_id, key) for key, _ in named])
        return [self.shown(key, name, looks.get((channel_id, key))) for key, name in named if not self.hides(name)]

    async def series(
        self, channel_id: str, keys: Sequence[EmoteKey], period: Period
    ) -> tuple[list[ShownEmote], list[Series]]:
        """Return emotes under their present names, and the series of each. One that nobody knows has its id as name."""
        ids, names = await self._known(keys)
        looks = await self.looks([(channel_id, key) for key in keys])
        until = await self._known_until(channel_id, period)
        found = await several_series(self.ask, channel_id, [ids[key] for key in keys], period, until)
        emotes = []
        for key in keys:
            look = looks.get((channel_id, key))
            name = look["name"] if look else names.get(key, key.id)
            emotes.append(self.shown(key, "" if self.hides(name) else name, look))
        return emotes, found

    async def _known_until(self, channel_id: str, period: Period) -> int:
        """Return until when a channel's emotes are known, in ms: in an open minute, its last second with a use."""
        until = await self.counted_until() or 0
        if period.until_at <= until:
            return until
        values = {"channel_ids": [channel_id], "from_at": moment(until)}
        for row in await self.ask(queries.newest_emote_minutes.sql, values):
            seconds = [found.seconds[-1][0] for _, found in MinuteRow(row["packed"])]
            until = max(until, milliseconds(row["minute_at"]) + 1000 * (max(seconds, default=-1) + 1))
        return until

    async def _known(self, keys: Sequence[EmoteKey]) -> tuple[dict[EmoteKey, list[int]], dict[EmoteKey, str]]:
        values = {"providers": [key.provider for key in keys], "provider_ids": [key.id for key in keys]}
        ids: dict[EmoteKey, list[int]] = defaultdict(list)
        names: dict[EmoteKey, str] = {}
        for row in await self._database.rows(queries.emote_names.sql, values):
            key = EmoteKey(row["provider"], row["provider_id"])
            ids[key].append(row["emote_id"])
            names[key] = row["name"]
        return ids, names


def key_of(top: TopEmote) -> EmoteKey:
    """Return the key of a counted emote."""
    return EmoteKey(top.provider, top.provider_id)
