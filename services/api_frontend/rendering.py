"""Renders moments and freshness as HTML: the Jinja environment and the helpers that templates share."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Template
from markupsafe import Markup

from api_frontend.data.codes import cause_name, mood_name
from api_frontend.data.freshness import Freshness
from api_frontend.data.languages import LANGUAGES, language_name
from api_frontend.data.stored_moment import StoredMoment, utc
from api_frontend.page_address import CURRENT
from api_frontend.reader import CURRENT as CURRENT_READER
from api_frontend.reader import LANGUAGES as SPOKEN
from api_frontend.reader import Reader
from api_frontend.settings import ApiSettings
from api_frontend.spoken_templates import SpokenTemplates
from api_frontend.static_files import static_address
from api_frontend.text import crowd, figures
from api_frontend.text import curve as curves
from api_frontend.text.clip_status import ClipNote, clip_note, length_text
from api_frontend.text.durations import duration_text
from api_frontend.text.emote_graph import mark_text, span_text
from api_frontend.text.freshness import ago_text, behind_text
from api_frontend.text.lead import going_on, headline, lead, numbers, people_text, why
from api_frontend.text.links import (
    contact_link,
    embed_address,
    outward,
    picture_in_language,
    piece_in_language,
    with_language,
)
from api_frontend.text.live_curve import night_spark, spark, viewers_spark, viewers_text
from api_frontend.text.options import options_of
from api_frontend.text.recap.night_page import RECAP_HELPERS
from api_frontend.text.recording import recording
from api_frontend.text.script_words import script_words
from api_frontend.text.shown_name import cut, shown, shown_name
from api_frontend.text.times import iso, time_text, zone_time
from api_frontend.translation import marked

CARDS_KEPT = 600  # about 5 kB each; most visitors ask for the same newest pages
LINES_KEPT = 20  # of the header, by languages and time zones
OPTIONS_KEPT = 400  # some are names from data and addresses, so there is a bound
SILENT_AFTER = timedelta(seconds=60)  # a moment that lasts has a revision, 30 s after its peak at the latest
OVER_AFTER = timedelta(seconds=150)  # its peak is at most 90 s after the crossing, its end 30 s after the peak
# Of the API: a browser asks again each time, a cache between keeps it for 5 s. No stale-while-revalidate: Chromium
# obeys it too, and would show what was.
SHARED = "public, max-age=0, s-maxage=5"
BY_READER = "private, no-cache"  # by language and time zone: no cache between may keep it, Cloudflare's reads no `Vary`
READER_PAGE = {"Cache-Control": BY_READER}
OWN_PAGE = {"Cache-Control": "private, max-age=0, must-revalidate"}  # of a page that does not say that it is for all
NEVER_KEPT = {"Cache-Control": "no-store"}
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
FRESHNESS_ONLY = "/events?moment="  # what a page listens to that names nothing else
ROOMS = (  # of the navigation: name, address, text, and the path of its sign in a box of 24
    ("now", "/", marked("Now"), "M2 13H7L10 5L14 19L17 13H22"),
    ("best", "/best", marked("Best"), "M5 20V13M12 20V4M19 20V9"),
    ("channels", "/channels", marked("Channels"), "M4 5H20V16H12L8 20V16H4Z"),
    ("emotes", "/emotes", marked("Emotes"), "M12 3a9 9 0 1 0 .01 0M8.7 9.5v1M15.3 9.5v1M8 14.3q4 4 8 0"),
)
CardKey = tuple[str, str, int, str, str, str]  # all that a card depends on, but for the time
KeptCard = tuple[ClipNote, Markup]  # what it says of the clip, and its HTML
HEART = "M12 20.5C5 15.5 2.5 12 2.5 8.5A5 5 0 0 1 12 6.5A5 5 0 0 1 21.5 8.5C21.5 12 19 15.5 12 20.5Z"


def drawn(moment: StoredMoment) -> curves.Curve | None:
    """Draw a moment's chat activity."""
    evidence = moment.document.evidence
    return curves.draw(
        from_at=evidence.curve_from_at,
        people=evidence.chatters,
        seconds=len(evidence.messages),
        covered=evidence.covered,
        usual=evidence.usual_chatters_per_second,
        clip=clip_range(moment),
    )


def clip_range(moment: StoredMoment) -> tuple[int, int] | None:
    """Return from when to when the clip shows the stream (ms); None unless one is made or being made."""
    document = moment.document
    if moment.clip is None or moment.clip.status not in ("made", "intent"):
        return None
    if document.clip_from_at is None or document.clip_until_at is None:
        return None
    return document.clip_from_at, document.clip_until_at


def sort_key(moment: StoredMoment) -> str:
    """Return text that sorts like the list does, oldest first."""
    return f"{moment.document.crossed_at:015d}.{moment.moment_id}"


def note_of(moment: StoredMoment) -> ClipNote:
    """Say what is known of its clip by now."""
    return clip_note(moment, datetime.now(UTC))


def changes(note: ClipNote) -> bool:
    """Return whether what is said of a clip may be another thing by now."""
    return note.due is not None and (note.counts_down or note.due <= datetime.now(UTC))


def goes_on_until(moment: StoredMoment | None) -> datetime | None:
    """Return until when the moment counts as going on without further news; None if it is over already."""
    if moment is None or moment.document.revision == "closed":
        return None
    until = min(moment.changed_at + SILENT_AFTER, moment.crossed_at + OVER_AFTER)
    return until if until > datetime.now(UTC) else None


def facts(moment: StoredMoment) -> list[str]:
    """Return what is known of the stream: its game, and its language."""
    stream = moment.stream
    return [
        each
        for each in (stream.game_name, language_name(stream.language) if stream.language in LANGUAGES else "")
        if each
    ]


FIXED: dict[str, Callable[..., Any]] = {  # what gives the same to every reader of a language
    "static": static_address,
    "picture_in_language": picture_in_language,
    "piece_in_language": piece_in_language,
    "script_words": script_words,
}
HELPERS: dict[str, Callable[..., Any]] = {  # what else templates may call, whatever the settings
    "with_language": with_language,
    "sort_key": sort_key,
    "drawn": drawn,
    "why": why,
    "lead": lead,
    "headline": headline,
    "numbers": numbers,
    "page_address": CURRENT.get,
    "shown": shown,
    "shown_name": shown_name,
    "cut": cut,
    "people_text": people_text,
    "contact_link": contact_link,
    "spark": spark,
    "night_spark": night_spark,
    "viewers_spark": viewers_spark,
    "viewers_text": viewers_text,
    "duration_text": duration_text,
    "going_on": going_on,
    "goes_on_until": goes_on_until,
    "facts": facts,
    "note_of": note_of,
    "recording": recording,
    "length_text": length_text,
    "ago_text": ago_text,
    "behind_text": behind_text,
    "iso": iso,
    "time_text": time_text,
    "zone_time": zone_time,
    "language_name": language_name,
    "span_text": span_text,
    "mark_text": mark_text,
    "times_text": figures.times_text,
    "count_text": figures.count_text,
    "share_text": figures.share_text,
    "cause_name": cause_name,
    "mood_name": mood_name,
    "mood_text": crowd.mood_text,
    "rarity": crowd.rarity,
    "rare_or_clipped": crowd.rare_or_clipped,
    "viewers_clipped": crowd.viewers_clipped,
    "views_text": crowd.views_text,
    **RECAP_HELPERS,
}


class Renderer:
    """Renders pages, and the pieces of them that open pages receive."""

    def __init__(self, settings: ApiSettings) -> None:
        self._cards: dict[CardKey, KeptCard] = {}
        self._templates = {language: SpokenTemplates(language, FIXED) for language in SPOKEN}
        for templates in self._templates.values():
            templates.filters["utc"] = utc
            templates.globals.update(
                HELPERS | self._helpers(settings),
                rooms=ROOMS,
                languages=SPOKEN,
                heart=HEART,
                demo=settings.demo,
            )

    def _helpers(self, settings: ApiSettings) -> dict[str, Callable[..., Any]]:
        """Return what templates may call that depends on the settings."""

        def player(url: str | None) -> str | None:
            return embed_address(outward(url, settings.demo), settings.frame_sources, settings.domains())

        options, line = lru_cache(OPTIONS_KEPT)(self._options), lru_cache(LINES_KEPT)(self._freshness_line)
        return {
            "cards": self.cards,
            "freshness_line": lambda freshness: line(freshness, CURRENT_READER.get()),
            "options": lambda *asked: options(CURRENT_READER.get().language, *asked),
            "outward": lambda address: outward(address, settings.demo),
            "stream_address": lambda login: outward(settings.stream_url.format(login=login), settings.demo),
            "embed_address": player,
        }

    def _template(self, name: str) -> Template:
        """Return a template as the reader's language says it."""
        return self._templates[CURRENT_READER.get().language].get_template(name)

    def page(
        self,
        template: str,
        values: dict[str, Any],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """Render a whole page; `freshness` in the values fills its header."""
        context = {"freshness": None, "live_address": FRESHNESS_ONLY} | values
        text = self._template(template).render(context)
        kept = OWN_PAGE if status == 200 else NEVER_KEPT
        return HTMLResponse(text, status, kept | (headers or {}))

    def notice(self, at: datetime) -> str:
        """Say that a page is as old as that, since Postgres is away."""
        return self._template("_notice.html").render(at=at)

    def text(self, template: str, values: dict[str, Any]) -> str:
        """Render a feed, a sitemap or a piece of one; what XML forbids even as a reference is left out."""
        return NOT_IN_XML.sub("", self._template(template).render(values))

    def piece(self, template: str, **values: object) -> Markup:
        """Render a piece of a page."""
        text = self._template(template).render(values)
        return Markup(text)  # noqa: S704  # nosec B704  # the template escapes

    def card(self, moment: StoredMoment, prefix: str = "") -> Markup:
        """Render a moment's card. `prefix`: of its element's id, for a second card of the moment on a page."""
        made = self._card(moment)
        return Markup(made.replace('id="m-', f'id="{prefix}m-', 1)) if prefix else made  # noqa: S704  # nosec B704

    def cards(self, moments: Iterable[StoredMoment], prefix: str = "") -> Markup:
        """Render the cards of these moments."""
        return Markup("\n".join(self.card(moment, prefix) for moment in moments))  # noqa: S704  # nosec B704

    def _card(self, moment: StoredMoment) -> Markup:
        """Render it, unless it is known: only what is said of its clip changes by itself, and that until it is due."""
        reader = CURRENT_READER.get()
        name = moment.channel.display_name
        key = (moment.moment_id, moment.version, moment.grade, name, reader.language, reader.zone)
        kept = self._cards.pop(key, None)
        if kept is None or (changes(kept[0]) and kept[0] != note_of(moment)):
            note = note_of(moment)
            kept = (note, self.piece("_card.html", moment=moment, note=note))
            while len(self._cards) >= CARDS_KEPT:
                del self._cards[next(iter(self._cards))]
        self._cards[key] = kept
        return kept[1]

    def _options(self, _: str, field: str, chosen: str | None, known: tuple[str, ...] = ()) -> Markup:
        """Render the options of a field of the list's form; the language is there to tell the kept ones apart."""
        return self.piece("_options.html", options=options_of(field, chosen, known), chosen=chosen or "")

    def _freshness_line(self, freshness: Freshness, _: Reader) -> Markup:
        """Render the header's line; the reader is there to tell the kept ones apart."""
        return self.piece("_freshness.html", freshness=freshness)

    def moment_news(self, moment: StoredMoment) -> str:
        """Encode a card for an open page, where it belongs, and what the first page says of it."""
        news = {
            "id": moment.moment_id,
            "version": moment.version,
            "sort_key": sort_key(moment),
            "html": self.card(moment),
            "now": self.piece("_now.html", last=moment),
        }
        return json.dumps(news)

    def freshness_news(self, freshness: Freshness) -> str:
        """Encode the header's line for an open page."""
        return json.dumps({"state": freshness.state, "html": self.piece("_freshness.html", freshness=freshness)})
