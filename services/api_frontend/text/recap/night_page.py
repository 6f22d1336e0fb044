"""What the page of a recap says beside its parts: its description, its addresses, its labels."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zlib import crc32
from zoneinfo import ZoneInfo

from api_frontend.data.codes import mood_name
from api_frontend.data.recaps.recap import Recap
from api_frontend.data.stored_moment import Channel
from api_frontend.reader import CURRENT
from api_frontend.text.durations import duration_text
from api_frontend.text.live_curve import viewers_text
from api_frontend.text.recap.night_curve import NightMark
from api_frontend.text.recap.night_words import capital, erupted_text, offset_text, peak_address, peak_name
from api_frontend.text.shown_name import shown
from api_frontend.text.times import iso
from api_frontend.translation import _

MOST_TITLE = 80  # characters of a stream's title in a description


def recap_description(recap: Recap, channel: Channel) -> str:
    """Describe a stream in one line: how often chat erupted, whose, what it was called, how long, who watched."""
    stream = recap.stream
    parts = [f"{erupted_text(recap)} · {shown(channel.display_name)}"]
    if stream.title:
        parts.append(shown(stream.title, MOST_TITLE))
    if stream.seconds is not None:
        parts.append(duration_text(stream.seconds))
    if watched := viewers_text(recap.viewers_peak, recap.viewers_mean):
        parts.append(watched)
    return " · ".join(parts)


def recap_version(recap: Recap) -> str:
    """Return a text that changes with what the picture shows: others keep pictures by their address."""
    told = [f"{each.moment_id} {each.version} {each.grade}" for each in recap.eruptions]
    return f"{len(recap.minutes)}-{crc32(' '.join([*told, str(recap.messages)]).encode()):08x}"


def watch_query(recap: Recap, own_name: str) -> str:
    """Return the query of the stream's clips, one after another, best first."""
    times = {"from": iso(recap.stream.started_at)}
    if not recap.is_live:
        times["until"] = iso(recap.stream.over_at)
    return urlencode({"channel": own_name, **times, "order": "best"})


def mark_label(recap: Recap, mark: NightMark) -> str:
    """Name a mark of the curve for those who hear it, with the number that others see."""
    mood = mark.eruption.mood
    name = capital(mood_name(mood)) if mood else _("Eruption")
    said = _("%(what)s at %(time)s", what=name, time=offset_text(recap, mark.eruption.crossed_at))
    return f"{mark.number}: {said}" if mark.number else said


def zone_clock(at: datetime) -> str:
    """Write hours and minutes in the reader's zone."""
    return f"{at.astimezone(ZoneInfo(CURRENT.get().zone)):%H:%M}"


RECAP_HELPERS: dict[str, Callable[..., Any]] = {  # what templates of recaps call
    "erupted_text": erupted_text,
    "mark_label": mark_label,
    "offset_text": offset_text,
    "peak_address": peak_address,
    "peak_name": peak_name,
    "recap_description": recap_description,
    "recap_version": recap_version,
    "watch_query": watch_query,
    "zone_clock": zone_clock,
}
