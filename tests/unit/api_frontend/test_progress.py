"""The metric of the data's age says the truth also while nobody can ask the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from api_frontend.data.progress import PipelineProgress
from contracts import metrics
from service_runtime.postgres import PostgresAwayError

NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Postgres:
    """Answers until it is away."""

    away = False

    async def rows(self, sql: str) -> list[dict[str, Any]]:
        if self.away:
            raise PostgresAwayError
        told = {"event_at": NOW - timedelta(seconds=4), "updated_at": NOW, "now": NOW, "channels": 41}
        return [{"stage": "job", **told}, {"stage": "recorder", **told}]


def age() -> float:
    return REGISTRY.get_sample_value(metrics.DATA_AGE.name) or 0.0


async def test_the_age_grows_while_postgres_is_away() -> None:
    clock = [100.0]
    postgres = Postgres()
    progress = PipelineProgress(postgres, 60.0, lambda: clock[0])  # type: ignore[arg-type]
    assert not age() >= 0  # not a number: nothing is known yet
    freshness, _ = await progress.read()
    assert freshness.channels == 41
    assert age() == 4.0
    postgres.away = True
    clock[0] += 400
    with pytest.raises(PostgresAwayError):
        await progress.read()
    assert age() == 404.0
