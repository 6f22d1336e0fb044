"""The self-score's page in Chromium: its tables are whole on a phone and on a desktop, for axe as well."""

from collections.abc import Callable, Iterator

import pytest
from end_to_end.pages.every_page import axe_findings
from integration.support.api_frontend_process import SiteProcess
from integration.support.night import TABLES
from integration.support.viewer_rows import TABLES as VIEWER_TABLES
from integration.support.viewer_rows import ViewerRows, whole_night
from playwright.sync_api import Browser, Page

PAGE = "/self-score"
HIDDEN = "[...document.querySelectorAll('.scroll')].map((each) => each.scrollWidth - each.clientWidth)"


@pytest.fixture(scope="module")
def night(dsn: str) -> Iterator[ViewerRows]:
    """A night that viewers clipped, and a channel of many places."""
    night = whole_night(dsn, with_chat=False)
    night.scored(places=12_345, found=11_111, moments=23_456, clipped=12_345)
    yield night
    night.run(f"TRUNCATE {TABLES}, {VIEWER_TABLES} CASCADE")
    night.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_no_column_is_cut_off(visit: Callable[..., Page], night: ViewerRows, width: int) -> None:
    page = visit(PAGE, viewport={"width": width, "height": 844})
    tables = page.evaluate(HIDDEN)
    assert len(tables) >= 3
    assert max(tables) <= 0


def test_axe_finds_nothing(chromium: Browser, site: SiteProcess, night: ViewerRows) -> None:
    for scheme, width in (("dark", 390), ("light", 1280)):
        viewport = {"width": width, "height": 844}
        assert axe_findings(chromium, site.url, {"Self": PAGE}, viewport=viewport, color_scheme=scheme) == []
