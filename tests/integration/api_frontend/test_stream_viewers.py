"""How many people watched a channel's streams, as the Discord bot counted them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.channel_rows import ChannelRows


@pytest.fixture
def rows(postgres: str) -> Iterator[ChannelRows]:
    rows = ChannelRows(postgres)
    rows.watched("11", "lunaplays")
    rows.stream("11", 9000, 3600, title="Earlier")
    rows.stream("11", 600, title="Now")
    rows.progress()
    yield rows
    rows.close()


def test_a_stream_has_the_viewers_that_the_bot_counted(postgres: str, rows: ChannelRows, tmp_path: Path) -> None:
    with SiteProcess(postgres, tmp_path) as site, httpx.Client(base_url=site.url) as http:
        assert "viewers" not in http.get("/channels/lunaplays/streams").text
        for viewers, said in (([900, 1500, 1200, 800], "Up to 1,500 viewers, 1,100"), ([7], "Up to 7 viewers, 7")):
            with rows.viewers_of_newest("11", viewers):
                page = http.get("/channels/lunaplays/streams").text
            assert page.count(f'viewers">{said} on average.') == 1
            assert ('<svg class="spark"' in page) == (len(viewers) > 2)
            assert page.index("Now") < page.index(said) < page.index("Earlier")
