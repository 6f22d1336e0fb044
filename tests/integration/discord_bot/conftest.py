"""A world with one bot in it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from integration.support.database import as_role
from integration.support.discord_world import Bot, World


@pytest.fixture
def world(postgres: str) -> World:
    """Discord, Twitch and a fresh database."""
    return World(as_role(postgres, "discord_bot"))


@pytest.fixture
async def another(world: World) -> AsyncIterator[Callable[..., Awaitable[Bot]]]:
    """`await another("name")`: one more instance of the bot, or the same one after a kill."""
    opened: list[Bot] = []

    async def start(instance: str = "one", takes_lease: bool = True) -> Bot:
        opened.append(Bot(world, instance))
        return await opened[-1].open(takes_lease)

    yield start
    for each in opened:
        await each.close()


@pytest.fixture
async def bot(another: Callable[..., Awaitable[Bot]]) -> Bot:
    """A bot that has the lease."""
    return await another("one")
