"""Reads how good what viewers clipped says the detectors are, over days and channels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from psycopg.rows import DictRow

from api_frontend.data.database import Database, queries
from self_score.sweep import THRESHOLDS, Score, Step

OURS = ""  # the detector whose moments visitors see
HOUR_SECONDS = 3600
MOST_CHANNELS = 50
NOTHING = Score(0, 0, 0, tuple(Step(each, 0, 0, 0, 0.0) for each in THRESHOLDS))


@dataclass(frozen=True)
class Trial:
    """An experimental detector, and ours on the same days and channels."""

    name: str
    score: Score
    ours: Score


@dataclass(frozen=True, kw_only=True)
class Line:
    """The score of a channel or a day, of all moments that visitors see. `name`: the channel's login."""

    name: str = ""
    day: date | None = None
    places: int
    unread: int
    found: int
    moments: int
    clipped: int


@dataclass(frozen=True, kw_only=True)
class SelfScore:
    """How good it was in the last days. `channels`: those with the most places first."""

    days: int
    ours: Score
    trials: list[Trial]
    channels: list[Line]
    by_day: list[Line]


class SelfScores:
    """Reads scores, without channels that have opted out. Raises `PostgresAwayError` if Postgres does not answer."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ours(self, days: int, channel_id: str | None = None) -> Score:
        """Return the score of what visitors see, of all channels or one."""
        return (await self._scores(days, channel_id)).get(OURS, NOTHING)

    async def whole(self, days: int, channel_id: str | None = None) -> SelfScore:
        """Return everything, of all channels or one."""
        scores = await self._scores(days, channel_id)
        where = {"days": days, "channel_id": channel_id}
        trials = []
        for name in sorted(scores.keys() - {OURS}):
            paired = await self._database.rows(queries.self_score_beside.sql, where | {"detector": name})
            trials.append(Trial(name, scores[name], scores_in(paired).get(OURS, NOTHING)))
        channels = await self._database.rows(queries.self_score_channels.sql, where | {"most": MOST_CHANNELS})
        by_day = await self._database.rows(queries.self_score_by_day.sql, where)
        return SelfScore(
            days=days,
            ours=scores.get(OURS, NOTHING),
            trials=trials,
            channels=[Line(**row) for row in channels],
            by_day=[Line(**row) for row in by_day],
        )

    async def _scores(self, days: int, channel_id: str | None) -> dict[str, Score]:
        where = {"days": days, "channel_id": channel_id}
        return scores_in(await self._database.rows(queries.self_score_steps.sql, where))


def scores_in(rows: Iterable[DictRow]) -> dict[str, Score]:
    """Read the scores by their detectors: a row for each step, with the sums of the whole beside it."""
    found: dict[str, list[DictRow]] = {}
    for row in rows:
        found.setdefault(row["detector"], []).append(row)
    return {detector: score_in(steps) for detector, steps in found.items()}


def score_in(rows: list[DictRow]) -> Score:
    """Read one detector's steps."""
    by_number: Mapping[int, DictRow] = {row["step"]: row for row in rows}
    steps = tuple(
        Step(threshold, row["moments"], row["clipped"], row["found"], row["by_chance"])
        for number, threshold in enumerate(THRESHOLDS, 1)
        if (row := by_number.get(number))
    )
    return Score(rows[0]["places"], rows[0]["unread"], rows[0]["seconds"], steps)
