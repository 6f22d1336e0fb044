"""Where a channel's own people want to be told of each stream once it is over."""

from dataclasses import dataclass

from api_frontend.data.database import Database, queries


@dataclass(frozen=True, kw_only=True)
class NightChoice:
    """A text channel of a Discord server, by their names as the bot sees them; empty for one that is gone."""

    guild_id: int
    guild_name: str
    text_channel_id: int
    text_channel: str


class NightChoices:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._rows = database.rows

    async def one(self, channel_id: str, user_id: str) -> NightChoice | None:
        """Return what a person chose for a channel."""
        found = await self._rows(queries.night_choice.sql, {"channel_id": channel_id, "user_id": user_id})
        if not found:
            return None
        row = found[0]
        wanted = row["text_channel_id"]
        names = {int(each["text_channel_id"]): each["name"] for each in row["text_channels"] or ()}
        return NightChoice(
            guild_id=row["guild_id"],
            guild_name=row["guild_name"],
            text_channel_id=wanted,
            text_channel=names.get(wanted, ""),
        )

    async def choose(self, channel_id: str, user_id: str, guild_id: int, text_channel_id: int) -> bool:
        """Tell this text channel, and no other that the person chose before; False if a consent is gone meanwhile."""
        values = {"channel_id": channel_id, "user_id": user_id, "guild_id": guild_id}
        return bool(await self._rows(queries.choose_night.sql, values | {"text_channel_id": text_channel_id}))

    async def end(self, channel_id: str, user_id: str) -> None:
        """Tell nobody any more."""
        await self._rows(queries.end_night.sql, {"channel_id": channel_id, "user_id": user_id})
