"""What visitors say of moments: a verdict and a heart each, without an account."""

from dataclasses import dataclass
from typing import Literal

from api_frontend.data.database import Database, queries

Verdict = Literal["good", "not_really"]
Says = Literal["good", "not_really", "none"]  # "none" takes a verdict back
MOST_SAVED = 500  # by one visitor


class SavedFullError(Exception):
    """The visitor has saved as many moments as one may."""


@dataclass(frozen=True)
class Voice:
    """What a visitor says of a moment. `counts`: whether it moves the moment's grade."""

    verdict: Verdict | None = None
    is_saved: bool = False
    counts: bool = False


@dataclass(frozen=True)
class Counts:
    """How many visitors say what of a moment."""

    good: int = 0
    not_really: int = 0
    saved: int = 0


class Voices:
    """Reads and writes voices; a visitor is the hash that `Visitors` makes. Raises `PostgresAwayError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def own(self, moment_id: str, visitor: bytes) -> Voice:
        """Return what this visitor says of the moment."""
        rows = await self._database.rows(queries.own_voice.sql, {"moment_id": moment_id, "visitor": visitor})
        return Voice(**rows[0]) if rows else Voice()

    async def give(
        self, moment_id: str, visitor: bytes, *, says: Says | None, saves: bool | None, may_count: bool
    ) -> Voice | None:
        """Change what is not None; return what the visitor says now, or None if visitors see no such moment.

        Raises `SavedFullError`.
        """
        values = {"moment_id": moment_id, "visitor": visitor, "says": says, "saves": saves, "may_count": may_count}
        rows = await self._database.rows(queries.give_voice.sql, values | {"most_saved": MOST_SAVED})
        if not rows:
            return None
        if rows[0]["outcome"] == "full":
            raise SavedFullError
        return Voice(rows[0]["verdict"], rows[0]["is_saved"], may_count)

    async def carry(self, ids: list[str], visitor: bytes) -> None:
        """Save these moments without moving their grades, as far as there is room; the first is the newest."""
        try:
            for moment_id in reversed(ids):
                await self.give(moment_id, visitor, says=None, saves=True, may_count=False)
        except SavedFullError:
            return

    async def of(self, moment_id: str) -> Counts:
        """Return what all visitors say of the moment."""
        rows = await self._database.rows(queries.voices_of.sql, {"moment_id": moment_id})
        return Counts(**rows[0])

    async def saved(self, visitor: bytes, most: int = MOST_SAVED) -> list[str]:
        """Return the ids of what the visitor saved, the newest first."""
        rows = await self._database.rows(queries.saved_by.sql, {"visitor": visitor, "most": most})
        return [row["moment_id"] for row in rows]

    async def judged(self, visitor: bytes, verdict: Verdict, most: int) -> list[str]:
        """Return the ids of the moments of which the visitor says this, the newest first."""
        values = {"visitor": visitor, "verdict": verdict, "most": most}
        return [row["moment_id"] for row in await self._database.rows(queries.judged_by.sql, values)]

    async def forget(self, visitor: bytes) -> None:
        """Delete all that the visitor said."""
        await self._database.rows(queries.forget_visitor.sql, {"visitor": visitor})
