"""Databases as the recorder fills them, and a site with moments to tell other programs of."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from integration.support import database
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.discord_site import BotWorld, open_world
from integration.support.discord_visitor import Visitor
from integration.support.outward import EVIL, PUBLIC
from integration.support.postgres_fixtures import TEMPLATE

from embedded.servers.postgres import Postgres


@pytest.fixture
def rows(postgres: str) -> Iterator[Rows]:
    """What the recorder writes: two channels and a pipeline that runs."""
    rows = Rows(postgres)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def outward_rows(postgres_of_module: str) -> Iterator[Rows]:
    """Fifty moments of three channels, one of them with a hostile name."""
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.channel("12", "kraken")
    for number in range(45):
        channel = "12" if number % 3 == 0 else "11"
        rows.moment(f"m{number:03d}", 60 * (number + 1), channel_id=channel, revision=3, expected=14.0, mood="laughter")
    rows.clip("m001", "made")
    rows.moment("open", 30, revision=1)
    rows.moment("s0", 5, shadow=True)
    rows.channel("13", "evilchannel")
    rows.name("13", EVIL)
    rows.moment("evil", 7200, channel_id="13", revision=3, causes=["raid"])
    rows.progress()
    yield rows
    rows.close()


@pytest.fixture(scope="module")
def outward_site(
    postgres_of_module: str, outward_rows: Rows, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SiteProcess]:
    """The site, which knows its public address."""
    settings = {"API_RATE_LIMIT": "100000/minute", "API_PUBLIC_URL": PUBLIC}
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site"), **settings) as site:
        yield site


@pytest.fixture(scope="module")
def http(outward_site: SiteProcess) -> Iterator[httpx.Client]:
    """Who asks it."""
    with httpx.Client(
        base_url=outward_site.url, timeout=30, limits=httpx.Limits(max_keepalive_connections=0)
    ) as client:
        yield client


@pytest.fixture(scope="session")
def bot_world(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotWorld]:
    """All of it, for every test of these pages: starting it takes longer than most of them."""
    with open_world(database.create(postgres_server, "bot_world", TEMPLATE), tmp_path_factory.mktemp("bot")) as found:
        yield found


@pytest.fixture
def world(bot_world: BotWorld) -> BotWorld:
    """The same with servers as they were at the beginning."""
    bot_world.renew()
    return bot_world


@pytest.fixture
def two(world: BotWorld) -> dict[str, Any]:
    """A server that is not the visitor's."""
    return world.servers[1]


@pytest.fixture
def one(world: BotWorld, two: dict[str, Any]) -> dict[str, Any]:
    """A server whose owner is not in the other one."""
    with_bot = [each for each in world.servers if each["has_bot"]]
    return next(each for each in with_bot if each["owner_id"] not in two["members"].values())


@pytest.fixture
def owner(world: BotWorld, one: dict[str, Any]) -> Iterator[Visitor]:
    """The first server's owner, signed in."""
    with world.owner_of(one) as visitor:
        yield visitor.sign_in()
