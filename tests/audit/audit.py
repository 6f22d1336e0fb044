"""Audits the site's pages with Lighthouse and axe-core, and writes docs/audits.md: `make audit`."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from end_to_end.conftest import CHROMIUM_FLAGS
from end_to_end.pages.every_page import DESKTOP, PAGES, PHONE, Finding, axe_findings
from integration.support.api_frontend_process import own_postgres
from integration.support.example_site import example_site

from embedded import chromium

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "audits.md"
LIGHTHOUSE = HERE / "node_modules" / ".bin" / "lighthouse"
LIGHTHOUSE_PAGES = ("Now", "Best", "Moment", "Channel")
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "search engines",
}
LEAST = 95
MOST_SHIFT = 0.05
SECONDS = 240  # for one page
SETTINGS = {"API_PAGES_RATE_LIMIT": "100000/minute", "API_RATE_LIMIT": "100000/minute", "API_KEEP_SECONDS": "5"}
CONTEXTS = (
    ({"viewport": PHONE, "color_scheme": "light"}, "phone, light"),
    ({"viewport": DESKTOP, "color_scheme": "dark"}, "desktop, dark"),
    ({"viewport": PHONE, "color_scheme": "dark", "locale": "de-DE"}, "phone, dark, German"),
)
INTRODUCTION = """# What audits of the pages say

Written by `make audit` on {day}: the site filled with examples, Chromium {chromium}, everything on one machine.

## Lighthouse {lighthouse}, phone preset

At least {least} in each category is wanted, and a layout shift below {shift}.

"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Lighthouse's scores of a page, 0 to 100, and two of its measurements."""

    page: str
    scores: dict[str, int]
    paint_seconds: float
    shift: float
    lost: list[str]
    version: str

    @property
    def is_good(self) -> bool:
        """Whether it is what is wanted."""
        return min(self.scores.values()) >= LEAST and self.shift < MOST_SHIFT


def lost_points(answer: dict[str, Any]) -> list[str]:
    """Name the audits that cost points."""
    references = [each for name in CATEGORIES for each in answer["categories"][name]["auditRefs"] if each["weight"]]
    scores = {each["id"]: answer["audits"][each["id"]]["score"] for each in references}
    return sorted(name for name, score in scores.items() if score is not None and score < 0.9)


def lighthouse(page: str, url: str, folder: Path) -> Report:
    """Run Lighthouse with its phone preset."""
    file = folder / f"{page}.json"
    flags = " ".join(["--headless=new", *CHROMIUM_FLAGS])
    command = [str(LIGHTHOUSE), url + PAGES[page], "--quiet", "--output=json", f"--output-path={file}"]
    environment = os.environ | {"CHROME_PATH": chromium.ensure()}
    subprocess.run([*command, f"--chrome-flags={flags}"], env=environment, timeout=SECONDS, check=True)
    answer = json.loads(file.read_text())
    return Report(
        page=page,
        scores={name: round(100 * answer["categories"][name]["score"]) for name in CATEGORIES},
        paint_seconds=answer["audits"]["largest-contentful-paint"]["numericValue"] / 1000,
        shift=answer["audits"]["cumulative-layout-shift"]["numericValue"],
        lost=lost_points(answer),
        version=answer["lighthouseVersion"],
    )


def axe(url: str) -> tuple[dict[str, list[Finding]], str]:
    """Run axe-core on every page in each context; return the findings, and Chromium's version."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=CHROMIUM_FLAGS)
        found = {name: axe_findings(browser, url, PAGES, **context) for context, name in CONTEXTS}
        version = browser.version
        browser.close()
    return found, version


@contextmanager
def going_on(report: Callable[[], None]) -> Iterator[None]:
    """Report every second that the pipeline goes on, so that pages are live as they usually are."""
    ended = threading.Event()

    def repeat() -> None:
        while not ended.wait(1):
            report()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def lighthouse_table(reports: list[Report]) -> str:
    """Write the scores as a table."""
    heads = ["page", *CATEGORIES.values(), "largest paint s", "layout shift", "what costs points"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for each in reports:
        scores = " | ".join(str(each.scores[name]) for name in CATEGORIES)
        lost = ", ".join(each.lost) or "nothing"
        lines.append(f"| {each.page} | {scores} | {each.paint_seconds:.1f} | {each.shift:.3f} | {lost} |")
    return "\n".join(lines) + "\n"


def axe_text(found: dict[str, list[Finding]]) -> str:
    """Write what axe-core found."""
    lines = [f"\n## axe-core, all rules, on {len(PAGES)} pages\n"]
    for name, findings in found.items():
        lines.append(f"- {name}: {len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}")
        lines += [f"  - {each.page}: {each.rule}, {each.element}" for each in findings]
    lines.append(f"\nThe pages: {', '.join(PAGES)}.")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Audit; print and write the page; 1 if something is not as wanted."""
    with (
        tempfile.TemporaryDirectory() as name,
        own_postgres(Path(name)) as server,
        example_site(server.dsn, Path(name), **SETTINGS) as (site, rows),
        going_on(rows.progress),
    ):
        reports = [lighthouse(page, site.url, Path(name)) for page in LIGHTHOUSE_PAGES]
        found, version = axe(site.url)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    values = {"day": day, "chromium": version, "lighthouse": reports[0].version, "least": LEAST, "shift": MOST_SHIFT}
    text = INTRODUCTION.format(**values) + lighthouse_table(reports) + axe_text(found)
    PAGE.write_text(text)
    print(text)
    return 0 if all(each.is_good for each in reports) and not any(found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
