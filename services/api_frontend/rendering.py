"""Moments and freshness to HTML: the Jinja environment, and the words that templates share."""

import hashlib
import json
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
from api_frontend.data.moments import StoredMoment
from api_frontend.settings import ApiSettings
from api_frontend.text import crowd, reason
from api_frontend.text import curve as curves
from api_frontend.text.clip_status import clip_line
from contracts.moment_words import CAUSES, MOODS, cause_words
from contracts.moments import Evidence

HERE = Path(__file__).parent
STATIC = HERE / "static"
CARDS_KEPT = 300  # about 5 kB each; the newest pages are asked for again and again
HASH_LENGTH = 12  # characters of the file's SHA-256 in its address
PAGE_HEADERS = {"Cache-Control": "private, no-cache"}


@cache
def static_version(name: str) -> str:
    """Changes with the file's content, so that browsers may keep it for a year."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:HASH_LENGTH]


def static_address(name: str) -> str:
    """The address of a static file, content hash included."""
    return f"/static/{name}?v={static_version(name)}"


def milliseconds(at: datetime) -> int:
    """Milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def drawn(moment: StoredMoment) -> curves.Curve | None:
    """The chat curve of a moment."""
    evidence: Evidence = moment.evidence
    return curves.draw(
        evidence.curve_from_at,
        evidence.messages,
        evidence.chatters,
        evidence.covered,
        milliseconds(moment.peak_at),
        milliseconds(moment.crossed_at),
        evidence.usual_messages_per_second,
        evidence.expected_chatters / max(evidence.window_seconds, 1),
    )


def place(moment: StoredMoment) -> str:
    """Where the moment stands: text that sorts like the list does, oldest first."""
    return f"{milliseconds(moment.crossed_at):015d}.{moment.moment_id}"


def why(moment: StoredMoment) -> str:
    """The sentence that says why it is a moment."""
    return reason.why(moment.times_usual, moment.evidence)


def reasons_of(moment: StoredMoment) -> list[str]:
    """The sentence's parts."""
    return reason.reasons(moment.times_usual, moment.evidence)


def iso(at: datetime) -> str:
    """For `datetime` attributes and programs."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def field_time(at: datetime | None) -> str:
    """For a form's date field, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" if at else ""


def words_of_time(at: datetime) -> str:
    """For people whose browser runs no script."""
    return f"{at.astimezone(UTC).day} {at.astimezone(UTC):%b %H:%M} UTC"


def words_of_seconds(at: datetime) -> str:
    """The same to the second, of a time whose day is told nearby."""
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"


def embed_address(embed_url: str | None, frame_sources: str, domains: list[str]) -> str | None:
    """The player's address with the site as its parent; None where the policy would refuse to frame it."""
    if not embed_url:
        return None
    parts = urlsplit(embed_url)
    if f"{parts.scheme}://{parts.netloc}" not in frame_sources.split():
        return None
    parents = urlencode([("parent", domain) for domain in domains] + [("autoplay", "true")])
    return f"{embed_url}{'&' if parts.query else '?'}{parents}"


class Renderer:
    """Makes pages, and the pieces of them that open pages receive."""

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
            "place": place,
            "drawn": drawn,
            "why": why,
            "reasons_of": reasons_of,
            "clip_line": clip_line,
            "iso": iso,
            "words_of_time": words_of_time,
            "words_of_seconds": words_of_seconds,
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
        self._environment.globals.update(helpers, known_causes=CAUSES, known_moods=MOODS)

    def page(
        self,
        template: str,
        values: dict[str, Any],
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """A whole page; `freshness` in the values fills its header."""
        context = {"freshness": None} | values
        text = self._environment.get_template(template).render(context)
        return HTMLResponse(text, status, PAGE_HEADERS | (headers or {}))

    def card(self, moment: StoredMoment) -> Markup:
        """A moment's card; one that has not changed since it was last shown is not made again."""
        key = (moment.moment_id, moment.version, moment.channel.display_name)
        made = self._cards.pop(key, None)
        if made is None:
            made = Markup(self._environment.get_template("_card.html").render(moment=moment))  # noqa: S704
            while len(self._cards) >= CARDS_KEPT:
                del self._cards[next(iter(self._cards))]
        self._cards[key] = made
        return made

    def moment_news(self, moment: StoredMoment) -> str:
        """JSON for an open page: the card, and where it belongs."""
        news = {
            "id": moment.moment_id,
            "version": moment.version,
            "place": place(moment),
            "html": self.card(moment),
        }
        return json.dumps(news)

    def freshness_news(self, freshness: Freshness) -> str:
        """JSON for an open page: its header's line."""
        line = self._environment.get_template("_freshness.html").render(freshness=freshness)
        return json.dumps({"state": freshness.state, "html": line})
