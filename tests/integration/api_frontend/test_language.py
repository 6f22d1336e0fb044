"""Each page in German: nothing on it is said in English, and caches and readers can tell the languages apart."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest
from integration.support import api_frontend_process
from integration.support.api_frontend_process import Rows, SiteProcess
from integration.support.english import ENGLISH
from integration.support.outward import PUBLIC, Head, entries, text_of
from integration.support.site_emotes import EmoteRows
from msgspec.structs import replace

from api_frontend.data.stored_moment import StreamFacts
from contracts.moments import EmoteCount, WordCount

GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"}
PAGES = (
    "/",
    "/best",
    "/best?period=all&q=ring&clips=1&rarity=hour&mood=laughter&language=en&from=2020-01-01T00:00&order=newest",
    "/best?q=nowhere",
    "/best?shadow=1",
    "/moments/made",
    "/moments/refused",
    "/moments/skipped",
    "/moments/late",
    "/moments/open",
    "/moments/trial?shadow=1",
    "/channels",
    "/channels?q=luna",
    "/channels?q=nobody",
    "/channels?asked=somebody",
    "/channels/lunaplays",
    "/channels/lunaplays/streams",
    "/channels/lunaplays/emotes",
    "/channels/lunaplays/emotes?period=live&emote=7tv:01A&q=nobody",
    "/emotes",
    "/channels/opt-out",
    "/moments/made/report",
    "/saved",
    "/moments/made/verdict",
    "/watch?order=newest&period=all",
    "/watch?q=nowhere",
    "/about",
    "/status",
    "/uptime",
    "/docs",
    "/nowhere",
    "/moments/nowhere",
    "/best?from=never",
    "/best?cursor=x",
)


class Said(HTMLParser):
    """What people read of a page, outside of parts that say that they have a language of their own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag not in ("meta", "link", "input", "img", "br"):
            self._inside.append("foreign" if named.get("lang", "de") != "de" else tag)
        read = ("aria-label", "title", "alt", "placeholder", "content")
        self.texts += [value for name, value in attrs if value and name in read]

    def handle_endtag(self, tag: str) -> None:
        if self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not {"script", "style", "foreign"} & set(self._inside):
            self.texts.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def site(postgres_of_module: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    """A site with a moment of each outcome."""
    rows = Rows(postgres_of_module)
    rows.channel("11", "lunaplays")
    rows.watched("11", "lunaplays")
    known = {"stream": StreamFacts(title="Malenia", game_name="Elden Ring", language="en"), "expected": 14.0}
    many = {"biggest_in_seconds": 300_000, "mood": "laughter", "causes": ["raid"], "mood_share": 0.6}
    for number, status in enumerate(("made", "refused", "skipped", "too_late", "unknown", "intent")):
        name = status.replace("too_", "")
        rows.moment(name, 600 + 60 * number, revision=3, **known, **many)
        rows.clip(name, status)
    rows.moment("open", 4, mood="hype", **known)
    rows.moment("trial", 900, shadow=True, revision=3, **known)
    rude = replace(
        api_frontend_process.evidence(0, 14.0),
        emotes=[EmoteCount("7tv", "1", "n1gg3rKek", 50, 40)],
        words=[WordCount("und", 90, 90), WordCount("clutch", 40, 31), WordCount("Fag\u200bgot", 60, 50)],
    )
    rows.moment("rude", 5000, revision=3, evidence=rude)
    rows.progress()
    rows.close()
    emotes = EmoteRows(postgres_of_module)
    emotes.used("11", 2, {("7tv", "01A", "n1gg3rKek"): {3: 1}, ("twitch", "25", "Kappa"): {4: 2}})
    emotes.known("11", ("7tv", "01A", "nobodyKnows"), went_ago=90)
    emotes.close()
    folder = tmp_path_factory.mktemp("german")
    with SiteProcess(postgres_of_module, folder, API_PUBLIC_URL=PUBLIC, API_CONTACT="mail@scout.example") as site:
        yield site


@pytest.fixture
def http(site: SiteProcess) -> Iterator[httpx.Client]:
    """A visitor without cookies."""
    limits = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=site.url, timeout=30, limits=limits) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_german_page_is_english(http: httpx.Client, path: str) -> None:
    answer = http.get(path, headers=GERMAN)
    assert '<html lang="de">' in answer.text
    texts = Said(answer.text).texts
    assert len(texts) > 20
    assert [text for text in texts if ENGLISH.fullmatch(text.strip(" .:·×←→"))] == []


def test_english_is_found(http: httpx.Client) -> None:
    texts = Said(http.get("/", headers={"Accept-Language": "en"}).text.replace('lang="en"', "")).texts
    assert len([text for text in texts if ENGLISH.fullmatch(text)]) > 10


def test_a_page_has_its_language_its_tags_and_its_other_languages(http: httpx.Client) -> None:
    answer = http.get("/best?mood=laughter&order=newest", headers=GERMAN)
    assert answer.headers["content-language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(re.split(", ?", answer.headers["vary"]))
    head = Head(answer.text)
    assert head.tags["og:locale"] == "de_DE"
    others = {each["hreflang"]: each["href"] for each in head.links["alternate"] if "hreflang" in each}
    plain = f"{PUBLIC}/best?mood=laughter&order=newest"
    assert others == {"en": f"{plain}&lang=en", "de": f"{plain}&lang=de", "x-default": plain}
    assert head.links["canonical"][0]["href"] == plain
    manifest = http.get(str(head.links["manifest"][0]["href"])).json()
    assert (manifest["lang"], manifest["description"][:12]) == ("de", "Die Momente,")
    asked = Head(http.get("/best?mood=laughter&order=newest&lang=de").text)
    assert asked.links["canonical"][0]["href"] == f"{plain}&lang=de"


def test_languages_have_answers_and_tags_of_their_own(http: httpx.Client) -> None:
    answers = {code: http.get("/docs", headers={"Accept-Language": code}) for code in ("en", "de")}
    assert "for programs, as JSON" in answers["en"].text
    assert "für Programme, als JSON" in answers["de"].text
    known = {code: answer.headers["etag"] for code, answer in answers.items()}
    assert known["en"] != known["de"]
    for code, other in (("en", "de"), ("de", "en")):
        same = http.get("/docs", headers={"Accept-Language": code, "If-None-Match": known[code]})
        assert same.status_code == 304
        assert "Accept-Language" in same.headers["vary"]
        foreign = http.get("/docs", headers={"Accept-Language": code, "If-None-Match": known[other]})
        assert foreign.status_code == 200


def test_a_choice_in_the_footer_lasts(http: httpx.Client) -> None:
    page = http.get("/best?mood=laughter", headers={"Accept-Language": "en"}).text
    (address,) = re.findall(r'<a href="([^"]+)" hreflang="de"', page)
    chosen = http.get(address.replace("&amp;", "&"))
    assert '<html lang="de">' in chosen.text
    assert '<html lang="de">' in http.get("/", headers={"Accept-Language": "en"}).text
    (address,) = re.findall(r'<a href="([^"]+)" hreflang="en"', chosen.text)
    http.get(address.replace("&amp;", "&"))
    assert '<html lang="en">' in http.get("/", headers=GERMAN).text


def test_the_api_and_feeds_are_english_unless_asked(http: httpx.Client) -> None:
    path = "/api/v1/moments/made"
    assert http.get(path, headers=GERMAN).json()["lead"].startswith("Chat burst out laughing")
    assert http.get(f"{path}?lang=de").json()["why"].startswith("Der Chat brach in Lachen aus · LUL: 212 Leute")
    assert http.get(f"{path}?lang=fr").status_code == 422
    assert http.get("/api/v1/status?lang=de").json()["stages"][3]["text"] == "Sie antwortet."
    entry = entries(http.get("/feed.atom", headers=GERMAN))[-1]
    german = http.get("/feed.atom?lang=de")
    assert text_of(entry, "title").startswith("Lunaplays: Chat ")
    assert text_of(entries(german)[-1], "title").startswith("Lunaplays: Der Chat ")
    assert text_of(entry, "id") == text_of(entries(german)[-1], "id")
    assert f'href="{PUBLIC}/feed.atom?order=newest&amp;lang=de"' in german.text


def test_times_and_numbers_are_the_visitors(http: httpx.Client) -> None:
    told = GERMAN | {"Cookie": "tz=Asia/Seoul"}
    assert re.search(r">\d{1,2}\. \w+\.? 20\d\d, \d\d:\d\d<", http.get("/moments/made", headers=told).text)
    assert " UTC<" not in http.get("/moments/made", headers=told).text
    assert " UTC<" in http.get("/moments/made").text


def test_a_social_picture_has_the_language_that_its_address_asks_for(http: httpx.Client) -> None:
    page = Head(http.get("/moments/made?lang=de").text)
    assert page.tags["og:image"].endswith("&lang=de")
    german = http.get(page.tags["og:image"].removeprefix(PUBLIC))
    plain = http.get("/moments/made/card.png", headers=GERMAN)
    assert german.status_code == plain.status_code == 200
    assert german.content != plain.content
    assert german.headers["etag"] != plain.headers["etag"]


@pytest.mark.parametrize("path", ["/moments/rude", "/api/v1/moments/rude"])
def test_hidden_words_are_nowhere(http: httpx.Client, path: str) -> None:
    text = http.get(path).text
    assert "clutch" in text
    assert "n1gg3r" not in text
    assert "Fag" not in text


def test_words_of_every_sentence_do_not_lead(http: httpx.Client) -> None:
    page = http.get("/moments/rude").text
    assert page.index(">clutch<") < page.index(">und<")
