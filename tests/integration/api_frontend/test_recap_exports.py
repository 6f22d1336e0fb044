"""The downloads of a recap for editors, on a real Postgres."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.night import LOGIN, PEAKS, STREAM, NightRows

PAGE = f"/channels/{LOGIN}/streams/{STREAM}"


@pytest.fixture
def night(postgres: str) -> Iterator[NightRows]:
    night = NightRows(postgres)
    night.fresh()
    yield night
    night.close()


@pytest.fixture
def http(postgres: str, tmp_path: Path) -> Iterator[httpx.Client]:
    with SiteProcess(postgres, tmp_path) as site, httpx.Client(base_url=site.url) as http:
        yield http


def test_editors_take_the_moments_along(night: NightRows, http: httpx.Client) -> None:
    """Ranges from clip start to end; the offset between stream and recording counts."""
    night.whole()
    chapters = http.get(f"{PAGE}/export?lang=en")
    assert chapters.headers["content-disposition"] == f'attachment; filename="{LOGIN}-{STREAM}-chapters.txt"'
    lines = chapters.text.splitlines()
    assert (lines[0], lines[1]) == ("0:00 Start", "16:35 Chat burst out laughing · KEKW")
    told = http.get(f"{PAGE}/export?format=json&fps=29.97&offset=60").json()
    assert len(told["ranges"]) == len(PEAKS)
    first = told["ranges"][0]
    assert (first["start_seconds"], first["end_seconds"]) == pytest.approx(
        (17 * 60 - 25 + 60, 17 * 60 + 5 + 60), abs=0.1
    )
    assert first["link"] == "https://clips.twitch.tv/Night0"
    for name, said in (("csv", "start_timecode"), ("edl", "TITLE:"), ("markers", "|M:"), ("xml", "<xmeml")):
        assert said in http.get(f"{PAGE}/export?format={name}").text, name
    night.hide("night0")
    assert len(http.get(f"{PAGE}/export?format=json").json()["ranges"]) == len(PEAKS) - 1
    assert http.get(f"{PAGE}/export?fps=24").status_code == 422
    night.run("DELETE FROM moments WHERE moment_id <> 'night1'")
    assert http.get(f"{PAGE}/export?format=chapters").status_code == 404
