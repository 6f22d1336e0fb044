"""Databases as the recorder fills them, and a site with moments to tell other programs of."""

from collections.abc import Iterator

import httpx
import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.outward import EVIL, PUBLIC


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
