"""The report in Chromium: on a phone and a desk, light and dark, it fits, and axe-core finds nothing."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from chat_analysis.report.page import page
from embedded import chromium

from .test_report import VOD, report_for
from .test_same_as_live import chat, twitch_downloader

AXE = Path(__file__).resolve().parents[3] / "services/api_frontend/browser/node_modules/axe-core/axe.min.js"
FIND = "() => axe.run(document).then((result) => result.violations.map((rule) => [rule.id, rule.nodes[0].html]))"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
LEAST_TARGET = 24  # pixels: what WCAG 2.2 asks of a thing to tap
pytestmark = [
    pytest.mark.skipif(not chromium.path(), reason="Chromium is missing (make chromium)"),
    pytest.mark.skipif(not AXE.exists() or not shutil.which("node"), reason="axe-core is missing (make test)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium.path(), args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with a long title without spaces, and a link to each second."""
    folder = tmp_path_factory.mktemp("report")
    path = twitch_downloader(chat(), folder)
    document = json.loads(path.read_text(encoding="utf-8"))
    document["video"]["title"] = "SPEEDRUN" * 12
    path.write_text(json.dumps(document), encoding="utf-8")
    (folder / "page.html").write_text(page(report_for(path, VOD)), encoding="utf-8")
    return (folder / "page.html").as_uri()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_used_by_everyone(browser: Browser, report: str, viewport: Any, scheme: Any) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    asked = list[str]()
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    opened.add_init_script(path=AXE)
    opened.goto(report)
    assert asked == [report], "nothing from elsewhere"
    assert opened.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert opened.evaluate(FIND) == []
    for link in opened.locator("li h2 a").all():
        box = link.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= LEAST_TARGET
    context.close()


def test_the_order_changes_without_a_script(browser: Browser, report: str) -> None:
    opened = browser.new_page(viewport=PHONE)
    opened.goto(report)

    def ranks() -> list[int]:
        found = "(items) => items.map((item) => [item.getBoundingClientRect().top, parseInt(item.id.slice(1))])"
        return [rank for _, rank in sorted(opened.locator("li").evaluate_all(found))]

    best = ranks()
    assert best == sorted(best)
    opened.get_by_label("In order of time").check()
    assert ranks() != best
    opened.close()
