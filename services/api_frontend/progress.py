"""How far the pipeline has come, as Postgres has it."""

from datetime import datetime, timedelta

from api_frontend.database import Database, queries
from api_frontend.freshness import Freshness, Progress, judge
from contracts import metrics
from service_runtime.measures import measure


class PipelineProgress:
    """Reads the freshness of the data."""

    def __init__(self, database: Database, away_after_seconds: float) -> None:
        self._database = database
        self._away_after = timedelta(seconds=away_after_seconds)

    async def read(self) -> tuple[Freshness, datetime]:
        """The freshness, and the database's time of this answer; raises `PostgresAwayError`."""
        rows = await self._database.rows(queries.progress.sql)
        now = rows[-1]["now"]
        stages = {row["stage"]: Progress(row["event_at"], row["updated_at"]) for row in rows if row["stage"]}
        freshness = judge(stages, now, self._away_after)
        if freshness.age_seconds is not None:
            measure(metrics.DATA_AGE).set(freshness.age_seconds)
        return freshness, now
