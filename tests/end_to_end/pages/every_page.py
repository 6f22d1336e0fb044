"""The addresses of the example site's pages, one of each kind, and what axe-core finds on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

AXE = Path(__file__).resolve().parents[3] / "services/api_frontend/browser/node_modules/axe-core/axe.min.js"
PAGES = {
    "Now": "/",
    "Best": "/best",
    "Best, narrowed": "/best?order=newest&mood=laughter&period=week",
    "Best, nothing found": "/best?q=nothing+of+the+kind",
    "Moment": "/moments/example01",
    "Moment, undecided": "/moments/example00",
    "Moment without a clip": "/moments/example02",
    "Verdict": "/moments/example01/verdict",
    "Watch": "/watch?order=newest&period=all",
    "Watch, nothing found": "/watch?q=nothing+of+the+kind",
    "Report": "/moments/example01/report",
    "Channels": "/channels",
    "Channel": "/channels/lunaplays",
    "Channel's streams": "/channels/lunaplays/streams",
    "Recap, live": "/channels/lunaplays/streams/s11-10800.0",
    "Recap, unread": "/channels/lunaplays/streams/s11-108000.0",
    "Channel's emotes": "/channels/lunaplays/emotes",
    "Channel's emotes, live": "/channels/lunaplays/emotes?period=live&emote=7tv:01GONE&emote=twitch:425618&q=kek",
    "Channel's emotes, none": "/channels/lunaplays/emotes?period=day&q=nothing+of+the+kind&provider=ffz",
    "Emotes": "/emotes",
    "Opt-out": "/channels/opt-out",
    "Discord bot": "/discord",
    "Saved": "/saved",
    "About": "/about",
    "Status": "/status",
    "Uptime": "/uptime",
    "API": "/docs",
    "Not found": "/moments/nothing",
}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FIND = """() => axe.run(document, {resultTypes: ["violations"]}).then((result) => result.violations.flatMap(
    (rule) => rule.nodes.map((node) => ({rule: rule.id, help: rule.help, element: node.target.join(" ")}))))"""


@dataclass(frozen=True)
class Finding:
    """A rule of axe-core that an element breaks."""

    page: str
    rule: str
    help: str
    element: str


def axe_findings(browser: Browser, url: str, pages: dict[str, str], **context: Any) -> list[Finding]:
    """Run axe-core with all its rules on each of these pages, the script included."""
    found: list[Finding] = []
    opened = browser.new_context(bypass_csp=True, reduced_motion="reduce", **context)
    opened.add_init_script(path=AXE)
    page = opened.new_page()
    for name, address in pages.items():
        with page.expect_response("**/events*"):
            page.goto(url + address)
        found += [Finding(page=name, **each) for each in page.evaluate(FIND)]
    opened.close()
    return found
