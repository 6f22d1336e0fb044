"""Takes README's picture, docs/pages/now.png, of a running demo: `python tests/audit/picture.py http://localhost:5000`.

It waits until a moment goes on and the first cards have their pictures; a demo gets there within some minutes.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from embedded import chromium

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pages" / "now.png"
SIZE = {"width": 1280, "height": 900}
TRIES, WAIT_MS = 200, 3000
MOST_BYTES = 300_000  # issue 15
WORTH_SHOWING = """() => {
    const cards = [...document.querySelectorAll("#moments .card")].slice(0, 6);
    const pictures = cards.flatMap((card) => [...card.querySelectorAll("img")]);
    return document.querySelector("#now .on") && !document.querySelector("#now .on[hidden]")
        && cards.length === 6 && pictures.length >= 4 && pictures.every((picture) => picture.complete);
}"""


def main(address: str) -> int:
    """Take it; return 1 if it is too large."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=SIZE)
        for _ in range(TRIES):
            page.goto(address)
            page.wait_for_timeout(WAIT_MS)  # pictures load
            if page.evaluate(WORTH_SHOWING):
                break
        page.screenshot(path=PICTURE)
        browser.close()
    size = PICTURE.stat().st_size
    sys.stdout.write(f"{PICTURE}: {size:,} bytes\n")
    return 0 if size <= MOST_BYTES else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
