"""The lease of the one instance that answers and sends; Postgres's clock decides."""

from discord_bot.data.database import Database, queries


class Lease:
    """Every method raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database, holder: str, seconds: float) -> None:
        self._database = database
        self._holder = holder
        self._seconds = seconds

    async def take(self) -> bool:
        """Take the lease or keep it; return whether this instance has it now."""
        return bool(await self._database.rows(queries.take, {"holder": self._holder, "seconds": self._seconds}))

    async def give_back(self) -> None:
        """Let another instance take over at once."""
        await self._database.rows(queries.give_back, {"holder": self._holder})
