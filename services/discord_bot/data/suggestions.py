"""What is suggested while somebody types a command."""

from discord_bot.data.database import Database, queries

MOST = 25  # that Discord shows


def pattern_of(typed: str) -> str:
    """Return what LIKE compares: a beginning, in lower case, with its own signs escaped."""
    bare = typed.strip().lower()
    return "".join(f"\\{each}" if each in "\\%_" else each for each in bare) + "%"


class Suggestions:
    """Every method raises `PostgresAwayError` if Postgres does not answer, and returns at most 25."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def streamers(self, typed: str) -> list[tuple[str, str]]:
        """Return display names with logins of streamers that are known."""
        rows = await self._database.rows(queries.suggest_streamers, {"prefix": pattern_of(typed), "most": MOST})
        return [(row["display_name"], row["login"]) for row in rows]

    async def follows(self, guild_id: int, typed: str) -> list[tuple[str, str]]:
        """Return display names with ids of whom a server follows."""
        wanted = {"guild_id": guild_id, "prefix": pattern_of(typed), "most": MOST}
        rows = await self._database.rows(queries.suggest_follows, wanted)
        return [(f"{row['display_name']} ({row['login']})", f"id:{row['channel_id']}") for row in rows]

    async def games(self, typed: str) -> list[str]:
        """Return games that were played lately, the most frequent first."""
        rows = await self._database.rows(queries.suggest_games, {"prefix": pattern_of(typed), "most": MOST})
        return [row["game_name"] for row in rows]
