"""Names and titles that came from elsewhere, in Chromium: they break no page's width and run no script."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import pytest
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.site_emotes import EmoteRows
from playwright.sync_api import Browser, Page

from api_frontend.data.stored_moment import StreamFacts

NARROW = {"width": 320, "height": 640}
NAMES = {
    "override": "\u202eabc\u202dtxt.exe\u2067deep",
    "long": "W" * 10_000,
    "markup": "</title></h1><script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">",
    "attribute": "\" onmouseover=\"document.title='ran'\" autofocus onfocus=\"document.title='ran'\" x='",
    "emoji": "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}\u200d\N{BOY}" * 300,
    "controls": "a\u0007b\u001bc\u0085d\u2028e\u2029f\tg\nh",
    "accents": "Z" + "\u0335\u0321\u0322" * 500 + "algo",
    "arabic": "\u0639\u0631\u0628\u064a" * 200,
}
OWN_PAGES = (  # of one moment or channel
    "/moments/{}",
    "/channels/{}",
    "/channels/{}/streams",
    "/channels/{}/emotes",
    "/moments/{}/report",
    "/moments/{}/card.png",
    "/best?channel={}",
)
SHARED_PAGES = (  # with all of the names at once, or asked for by them
    "/",
    "/best?order=newest",
    "/best?order=best&period=all",
    "/best?lang=de&order=newest",
    "/channels",
    "/emotes",
    "/saved",
    "/about",
    "/status",
    "/uptime",
    "/docs",
    "/feed.atom",
)


@pytest.fixture(scope="module")
def site(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    rows, emotes = Rows(postgres_of_module), EmoteRows(postgres_of_module)
    for number, (login, name) in enumerate(NAMES.items(), 20):
        rows.channel(str(number), login)
        rows.name(str(number), name)
        rows.watched(str(number), login)
        hostile = StreamFacts(title=name, game_name=name, language="en")
        rows.moment(login, 60 * number, channel_id=str(number), revision=3, expected=14.0, stream=hostile)
        rows.stream(f"s{number}", str(number), name)
        emotes.used(str(number), 2, {("7tv", f"id{number}", name[:500]): {3: 2}})
    rows.progress()
    emotes.close()
    with SiteProcess(postgres_of_module, tmp_path_factory.mktemp("site")) as site:
        yield site
    rows.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport=NARROW)
    yield page
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_breaks_nothing(page: Page, site: SiteProcess, name: str) -> None:
    visit(page, site, [path.format(name) for path in OWN_PAGES])


def test_a_page_of_hostile_names_is_whole(page: Page, site: SiteProcess) -> None:
    visit(page, site, SHARED_PAGES)


def test_what_is_searched_for_is_shown_safely(page: Page, site: SiteProcess) -> None:
    typed = [name[:100] for name in NAMES.values() if name[:100].isprintable()]
    assert len(typed) >= 4
    visit(page, site, [f"/best?{urlencode({'q': text, 'game': text})}" for text in typed])


def visit(page: Page, site: SiteProcess, paths: Sequence[str]) -> None:
    """Open the pages: nothing is wider than the screen, no script of a name runs, and it brings no element."""
    refused: list[str] = []
    page.on("dialog", lambda dialog: refused.append(dialog.message))
    for path in paths:
        answer = page.request.get(site.url + path) if path.endswith((".atom", ".png")) else page.goto(site.url + path)
        assert answer is not None
        assert answer.status == 200, path
        if path.endswith((".atom", ".png")):
            continue
        widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert widths[0] <= widths[1], path
        assert page.title() != "ran", path
        foreign = "main script:not([type]), main [onerror], main [onmouseover], main [onfocus], main [src=x]"
        assert page.locator(foreign).count() == 0, path
    assert not refused


def test_a_name_turns_nothing_beside_it(page: Page, site: SiteProcess) -> None:
    page.goto(f"{site.url}/moments/override")
    names = page.locator("main bdi.name")
    assert names.count() >= 1
    assert names.first.evaluate("each => getComputedStyle(each).unicodeBidi") == "isolate"
    assert not set(page.content()) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_a_long_name_is_cut_and_whole_on_request(page: Page, site: SiteProcess) -> None:
    page.goto(f"{site.url}/moments/long")
    name = page.locator("main bdi.name").first
    assert len(name.inner_text()) <= 40
    assert name.get_attribute("title") == "W" * 10_000
    assert len(page.title()) < 200
