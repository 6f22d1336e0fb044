"""Each way to narrow a list, in one place: its parameter, its words, its SQL and its predicate.

To add one: a field of `Filter`, a parameter of `from_address`, an entry here, its fragment in sql/list.sql, and an
input in the page's form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from api_frontend.data.codes import cause_name, mood_name
from api_frontend.data.languages import language_name
from api_frontend.data.lists import cursor as cursors
from api_frontend.data.lists.words import found_in
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.translation import _, marked

if TYPE_CHECKING:
    from api_frontend.data.lists.filters import Filter

PERIOD_WORDS = {
    "hour": marked("last hour"),
    "today": marked("today"),
    "yesterday": marked("yesterday"),
    "week": marked("last 7 days"),
    "all": marked("all time"),
}
RARITY_WORDS = {
    "hour": marked("biggest in an hour"),
    "day": marked("biggest in a day"),
    "week": marked("biggest in a week"),
    "month": marked("biggest in a month"),
}


@dataclass(frozen=True, kw_only=True)
class FilterCondition:
    """One way to narrow the list: `parameter` in an address, with the value of a filter, empty if not asked for.

    `fragment` of sql/list.sql and `fits` decide alike; bounds of time and position have none, since the query always
    has them. `fields` of the filter are reset to take it away. `in_clips`: the table of clips can answer it as well.
    """

    parameter: str
    fields: tuple[str, ...]
    value: Callable[["Filter"], str | None]
    label: Callable[["Filter"], str | None]
    fragment: str | None
    fits: Callable[[StoredMoment, "Filter"], bool]
    in_clips: bool = False


def address_time(value: datetime | None) -> str | None:
    """Format a time (UTC) for an address."""
    return value.isoformat().replace("+00:00", "Z") if value else None


def spoken_time(at: datetime | None, zone: str) -> str:
    """Format a time for people in the zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else ""


def is_in_time(moment: StoredMoment, wanted: "Filter") -> bool:
    """Return whether the moment lies in the time asked for."""
    begin, end = wanted.begin, wanted.end
    return (begin is None or moment.crossed_at >= begin) and (end is None or moment.crossed_at < end)


CONDITIONS = (
    FilterCondition(
        parameter="q",
        fields=("search",),
        value=lambda wanted: wanted.search,
        label=lambda wanted: _("“%(text)s”", text=wanted.search),
        fragment="with_words",
        fits=lambda moment, wanted: found_in(wanted.search or "", moment.words),
    ),
    FilterCondition(
        parameter="channel",
        fields=("channel", "channel_id"),
        value=lambda wanted: wanted.channel,
        label=lambda wanted: wanted.channel,
        fragment="of_channel",
        fits=lambda moment, wanted: moment.channel.channel_id == wanted.channel_id,
        in_clips=True,
    ),
    FilterCondition(
        parameter="game",
        fields=("game",),
        value=lambda wanted: wanted.game,
        label=lambda wanted: wanted.game,
        fragment="of_game",
        fits=lambda moment, wanted: moment.stream.game_name == wanted.game,
    ),
    FilterCondition(
        parameter="language",
        fields=("language",),
        value=lambda wanted: wanted.language,
        label=lambda wanted: wanted.language and language_name(wanted.language),
        fragment="of_language",
        fits=lambda moment, wanted: moment.stream.language == wanted.language,
    ),
    FilterCondition(
        parameter="mood",
        fields=("mood",),
        value=lambda wanted: wanted.mood,
        label=lambda wanted: wanted.mood and mood_name(wanted.mood),
        fragment="of_mood",
        fits=lambda moment, wanted: moment.document.mood == wanted.mood,
    ),
    FilterCondition(
        parameter="cause",
        fields=("cause",),
        value=lambda wanted: wanted.cause,
        label=lambda wanted: wanted.cause and cause_name(wanted.cause),
        fragment="of_cause",
        fits=lambda moment, wanted: moment.document.causes[:1] == [wanted.cause],
    ),
    FilterCondition(
        parameter="rarity",
        fields=("rarity",),
        value=lambda wanted: wanted.rarity,
        label=lambda wanted: wanted.rarity and _(RARITY_WORDS[wanted.rarity]),
        fragment="rare",
        fits=lambda moment, wanted: (moment.document.biggest_in_seconds or 0) >= wanted.least_seconds,
    ),
    FilterCondition(
        parameter="clips",
        fields=("clips_only",),
        value=lambda wanted: "1" if wanted.clips_only else None,
        label=lambda wanted: _("with a clip"),
        fragment="with_clip",
        fits=lambda moment, wanted: moment.has_clip,
        in_clips=True,
    ),
    FilterCondition(
        parameter="from",
        fields=("from_at",),
        value=lambda wanted: address_time(wanted.from_at),
        label=lambda wanted: _("from %(time)s", time=spoken_time(wanted.from_at, wanted.zone)),
        fragment=None,
        fits=is_in_time,
        in_clips=True,
    ),
    FilterCondition(
        parameter="until",
        fields=("until_at",),
        value=lambda wanted: address_time(wanted.until_at),
        label=lambda wanted: _("until %(time)s", time=spoken_time(wanted.until_at, wanted.zone)),
        fragment=None,
        fits=is_in_time,
        in_clips=True,
    ),
    FilterCondition(
        parameter="period",
        fields=("period",),
        value=lambda wanted: wanted.period,
        label=lambda wanted: None if wanted.period == "all" else _(PERIOD_WORDS[wanted.period or "all"]),
        fragment=None,
        fits=is_in_time,
        in_clips=True,
    ),
    FilterCondition(
        parameter="cursor",
        fields=("after",),
        value=lambda wanted: cursors.encode(wanted.after) if wanted.after else None,
        label=lambda _: None,
        fragment=None,
        fits=lambda moment, wanted: wanted.after is None or moment.place(wanted.order) < wanted.after.place,
        in_clips=True,
    ),
)
