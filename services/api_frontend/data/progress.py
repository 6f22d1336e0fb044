"""Reads the pipeline's progress from Postgres."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import nan

from api_frontend.data.database import Database, queries
from api_frontend.data.freshness import Freshness, StageProgress, freshness_of
from contracts import metrics
from service_runtime.measures import measure


class PipelineProgress:
    """Reads the freshness of the data. The metric of its age keeps growing while Postgres does not answer."""

    def __init__(
        self,
        database: Database,
        away_after_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        keep_seconds: float = 0.0,
    ) -> None:
        self._keep_seconds = keep_seconds
        self._last: tuple[Freshness, datetime] | None = None
        self._read_at = nan
        self._database = database
        self._away_after = timedelta(seconds=away_after_seconds)
        self._clock = clock
        self._born_at = nan  # of the newest processed chat, on the clock
        measure(metrics.DATA_AGE).set_function(lambda: self._clock() - self._born_at)

    async def read(self) -> tuple[Freshness, datetime]:
        """Return the freshness, and the database's time of this answer; raises `PostgresAwayError`."""
        if self._last is not None and self._clock() - self._read_at < self._keep_seconds:
            return self._last
        self._last, self._read_at = await self._read(), self._clock()
        return self._last

    async def _read(self) -> tuple[Freshness, datetime]:
        rows = await self._database.rows(queries.progress.sql)
        now = rows[-1]["now"]
        stages = {row["stage"]: StageProgress(row["event_at"], row["updated_at"]) for row in rows if row["stage"]}
        freshness = replace(freshness_of(stages, now, self._away_after), channels=rows[-1]["channels"])
        if freshness.age_seconds is not None:
            self._born_at = self._clock() - freshness.age_seconds
        return freshness, now
