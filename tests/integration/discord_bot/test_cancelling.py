"""A worker that waits for a connection of the pool ends when it is cancelled, whenever that is."""

import asyncio
from types import SimpleNamespace

import pytest
from integration.support.discord_world import World

from discord_bot.data.database import POOL_SIZE, Database

SLEEP = SimpleNamespace(sql="SELECT pg_sleep(0.05)")
ONE = SimpleNamespace(sql="SELECT 1")


@pytest.mark.parametrize("steps", range(6))
async def test_a_cancelled_worker_ends(world: World, steps: int) -> None:
    """Cancelled so many turns of the event loop after the connection that it waits for becomes free."""
    database = Database(world.conninfo)
    await database.open()
    try:
        await asyncio.gather(*(database.rows(SLEEP) for _ in range(POOL_SIZE)))
        is_over = False

        async def work() -> None:
            while not is_over:
                await database.rows(ONE)
                await asyncio.sleep(0.001)

        busy = [asyncio.create_task(database.rows(SLEEP)) for _ in range(POOL_SIZE)]
        await asyncio.sleep(0.01)
        worker = asyncio.create_task(work())
        await asyncio.wait(busy, return_when=asyncio.FIRST_COMPLETED)
        for _ in range(steps):
            await asyncio.sleep(0)
        worker.cancel()
        await asyncio.wait([worker], timeout=1.0)
        ended, is_over = worker.done(), True
        await asyncio.gather(worker, *busy, return_exceptions=True)
        assert ended
    finally:
        await database.close()
