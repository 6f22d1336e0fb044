"""Renders moments and freshness as HTML: the Jinja environment and the helpers that templates share."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api_frontend.data.freshness import Freshness
from api_frontend.data.stored_moment import StoredMoment, utc
from api_frontend.page_address import CURRENT
from api_frontend.settings import ApiSettings
from api_frontend.text import crowd, reason
from api_frontend.text import curve as curves
from api_frontend.text.clip_status import clip_line
from api_frontend.text.lead import lead, numbers
from api_frontend.text.shown_name import cut, shown, shown_name
from contracts.moment_words import CAUSES, MOODS, cause_words

HERE = Path(__file__).parent
STATIC = HERE / "static"
CARDS_KEPT = 300  # about 5 kB each; most visitors ask for the same newest pages
HASH_LENGTH = 12  # characters of the file's SHA-256 in its address
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2
PAGE_HEADERS = {"Cache-Control": "private, no-cache"}
ROOMS = (  # of the navigation: name, address, text, and the path of its sign in a box of 24
    ("now", "/", "Now", "M2 13H7L10 5L14 19L17 13H22"),
    ("best", "/best", "Best", "M5 20V13M12 20V4M19 20V9"),
    ("channels", "/channels", "Channels", "M4 5H20V16H12L8 20V16H4Z"),
)
HEART = "M12 20.5C5 15.5 2.5 12 2.5 8.5A5 5 0 0 1 12 6.5A5 5 0 0 1 21.5 8.5C21.5 12 19 15.5 12 20.5Z"


@cache
def static_version(name: str) -> str:
    """Hash a static file's content, so that browsers may keep it for a year."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:HASH_LENGTH]


def static_address(name: str) -> str:
    """Return the address of a static file, content hash included."""
    return f"/static/{name}?v={static_version(name)}"


def drawn(moment: StoredMoment) -> curves.Curve | None:
    """Draw a moment's chat activity."""
    evidence = moment.document.evidence
    return curves.draw(
        from_at=evidence.curve_from_at,
        messages=evidence.messages,
        chatters=evidence.chatters,
        covered=evidence.covered,
        peak_at=moment.document.peak_at,
        usual=evidence.usual_messages_per_second,
        expected=evidence.expected_chatters / max(evidence.window_seconds, 1),
    )


def sort_key(moment: StoredMoment) -> str:
    """Return text that sorts like the list does, oldest first."""
    return f"{moment.document.crossed_at:015d}.{moment.moment_id}"


def why(moment: StoredMoment) -> str:
    """Say in one sentence why it is a moment."""
    return ", ".join(reasons_of(moment))


def reasons_of(moment: StoredMoment) -> list[str]:
    """Return that sentence's parts."""
    return reason.reasons(moment.document.times_usual, moment.document.evidence)


def iso(at: datetime) -> str:
    """Format a time for `datetime` attributes and programs."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def field_time(at: datetime | None) -> str:
    """Format a time for a form's date field, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" if at else ""


def time_text(at: datetime, form: str) -> str:
    """Format a time for people whose browser runs no script; the form "seconds" leaves out the day."""
    at = at.astimezone(UTC)
    return f"{at:%H:%M:%S} UTC" if form == "seconds" else f"{at.day} {at:%b %Y, %H:%M} UTC"


def embed_address(embed_url: str | None, frame_sources: str, domains: list[str]) -> str | None:
    """Return the player's address with the site as its parent; None if the policy would refuse to frame it."""
    if not embed_url:
        return None
    parts = urlsplit(embed_url)
    if f"{parts.scheme}://{parts.netloc}" not in frame_sources.split():
        return None
    parents = urlencode([("parent", domain) for domain in domains] + [("autoplay", "true")])
    return f"{embed_url}{'&' if parts.query else '?'}{parents}"


class Renderer:
    """Renders pages, and the pieces of them that open pages receive."""

    def __init__(self, settings: ApiSettings) -> None:
        self._cards: dict[tuple[str, str, str], Markup] = {}
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        helpers: dict[str, Callable[..., Any]] = {
            "card": self.card,
            "static": static_address,
            "sort_key": sort_key,
            "drawn": drawn,
            "why": why,
            "lead": lead,
            "numbers": numbers,
            "reasons_of": reasons_of,
            "page_address": CURRENT.get,
            "shown": shown,
            "shown_name": shown_name,
            "cut": cut,
            "clip_line": clip_line,
            "iso": iso,
            "time_text": time_text,
            "field_time": field_time,
            "times_text": reason.times_text,
            "count_text": reason.count_text,
            "crowd_parts": crowd.crowd_parts,
            "cause_words": cause_words,
            "mood_text": crowd.mood_text,
            "rarity_text": crowd.rarity_text,
            "stream_address": lambda login: settings.stream_url.format(login=login),
            "embed_address": lambda url: embed_address(url, settings.frame_sources, settings.domains()),
        }
        self._environment.filters["utc"] = utc
        self._environment.globals.update(
            helpers, known_causes=CAUSES, known_moods=MOODS, rooms=ROOMS, heart=HEART, demo=settings.demo
        )

    def page(
        self,
        template: str,
        values: dict[str, Any],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """Render a whole page; `freshness` in the values fills its header."""
        context = {"freshness": None} | values
        text = self._environment.get_template(template).render(context)
        return HTMLResponse(text, status, PAGE_HEADERS | (headers or {}))

    def text(self, template: str, values: dict[str, Any]) -> str:
        """Render a feed, a sitemap or a piece of one; what XML forbids even as a reference is left out."""
        return NOT_IN_XML.sub("", self._environment.get_template(template).render(values))

    def card(self, moment: StoredMoment) -> Markup:
        """Render a moment's card; one that has not changed since it was last shown is not rendered again."""
        key = (moment.moment_id, moment.version, moment.channel.display_name)
        made = self._cards.pop(key, None)
        if made is None:
            text = self._environment.get_template("_card.html").render(moment=moment)
            made = Markup(text)  # noqa: S704  # nosec B704  # the template escapes
            while len(self._cards) >= CARDS_KEPT:
                del self._cards[next(iter(self._cards))]
        self._cards[key] = made
        return made

    def moment_news(self, moment: StoredMoment) -> str:
        """Encode a card for an open page, and where it belongs."""
        news = {
            "id": moment.moment_id,
            "version": moment.version,
            "sort_key": sort_key(moment),
            "html": self.card(moment),
        }
        return json.dumps(news)

    def freshness_news(self, freshness: Freshness) -> str:
        """Encode the header's line for an open page."""
        line = self._environment.get_template("_freshness.html").render(freshness=freshness)
        return json.dumps({"state": freshness.state, "html": line})
