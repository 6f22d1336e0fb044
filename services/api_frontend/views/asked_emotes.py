"""What an address asks of a channel's emotes: which ones, in which time and step; and the graph of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Query
from fastapi.exceptions import RequestValidationError
from pydantic import BeforeValidator, Field

from api_frontend.data.emotes.emote import KEY_PATTERN, MOST_AT_ONCE, EmoteKey, UsedEmote, parse_key
from api_frontend.data.emotes.window import SECONDS, PeriodName, Step, Window, window_of
from api_frontend.data.lists.filters import Filter
from api_frontend.data.lists.parameters import Time, in_zone, none_if_empty, trimmed
from api_frontend.data.stored_moment import StoredMoment, utc
from api_frontend.reader import CURRENT
from api_frontend.text.emote_graph import EmoteGraph, draw
from api_frontend.views.site import Site
from emote_counts.reading import milliseconds

FIRST_SHOWN = 3  # emotes of a graph that names none
MOST_MARKED = 60  # moments of a graph
LONGEST_NAME = 100  # characters of a search
ProviderName = Literal["twitch", "7tv", "bttv", "ffz"]
OneKey = Annotated[str, Field(pattern=KEY_PATTERN)]
Emotes = Annotated[
    list[OneKey],
    Query(
        alias="emote",
        max_length=MOST_AT_ONCE,
        description=f"as `provider:id`; up to {MOST_AT_ONCE}: `emote=…&emote=…`",
        examples=[["7tv:01F6MKTFTG0009C9ZSNYTFV2ZF"]],
    ),
]
StepSeconds = Annotated[
    Step | None,
    BeforeValidator(lambda value: int(value) if isinstance(value, str) and value.isdigit() else none_if_empty(value)),
    Query(description="seconds of a point: 1, 5, 30, 60, 300 or 3600; a longer one serves where there were too many"),
]
Named = Annotated[
    PeriodName | None,
    BeforeValidator(none_if_empty),
    Query(description="the last ten minutes (`live`), hour, day, week or 30 days (`month`), in place of times"),
]
From = Annotated[Time, Query(alias="from", description="from this time on (ISO 8601; UTC unless it has a zone)")]
Until = Annotated[Time, Query(description="until this time; now if not given")]
Provider = Annotated[
    ProviderName | None, BeforeValidator(none_if_empty), Query(description="only emotes of this provider")
]
NamePart = Annotated[
    Annotated[str, Query(max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]*$")] | None,
    BeforeValidator(trimmed),
    Query(description="a part of the name, in capitals or not", examples=["kek"]),
]


@dataclass(frozen=True, kw_only=True)
class AskedEmotes:
    """What is asked for. Without emotes they are the busiest ones."""

    keys: tuple[EmoteKey, ...] = ()
    period: PeriodName | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    step: Step | None = None
    provider: ProviderName | None = None
    name_part: str | None = None
    now: datetime

    @cached_property
    def window(self) -> Window:
        """The time and the step. Raises ValueError."""
        return window_of(self.period, self.from_at, self.until_at, self.step, self.now)

    @property
    def has_time(self) -> bool:
        """Whether a time is asked for."""
        return bool(self.period or self.from_at or self.until_at)

    @property
    def providers(self) -> list[str] | None:
        """The providers that are asked for; None: all."""
        return [self.provider] if self.provider else None

    def query(self) -> str:
        """Write it as a query."""
        pairs: list[tuple[str, str]] = [("emote", str(key)) for key in self.keys]
        pairs += [("period", self.period)] if self.period else []
        for name, at in (("from", self.from_at), ("until", self.until_at)):
            pairs += [(name, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")] if at else []
        pairs += [("step", str(self.step))] if self.step else []
        pairs += [("provider", self.provider)] if self.provider else []
        pairs += [("q", self.name_part)] if self.name_part else []
        return urlencode(pairs, safe=":")

    def with_key(self, key: EmoteKey) -> "AskedEmotes":
        """Ask for one more."""
        return replace(self, keys=(*self.keys, key))

    def without(self, key: EmoteKey) -> "AskedEmotes":
        """Ask for one less."""
        return replace(self, keys=tuple(each for each in self.keys if each != key))


async def asked_emotes(
    emote: Emotes = [],  # noqa: B006  # FastAPI copies it
    period: Named = None,
    from_at: From = None,
    until: Until = None,
    step: StepSeconds = None,
    provider: Provider = None,
    q: NamePart = None,
) -> AskedEmotes:
    """Read what a page's address asks for; times without a zone are the reader's."""
    zone = CURRENT.get().zone
    return checked(
        AskedEmotes(
            keys=unique(emote),
            period=period,
            from_at=in_zone(from_at, zone),
            until_at=in_zone(until, zone),
            step=step,
            provider=provider,
            name_part=q,
            now=datetime.now(UTC),
        )
    )


def unique(emotes: Sequence[str]) -> tuple[EmoteKey, ...]:
    """Read emotes, each once."""
    return tuple(dict.fromkeys(parse_key(each) for each in emotes))


def checked(asked: AskedEmotes) -> AskedEmotes:
    """Return it; a time that cannot be shown is answered with 422."""
    try:
        asked.window  # noqa: B018
    except ValueError as error:
        found: dict[str, Any] = {"loc": ("query", "time"), "type": "time", "msg": str(error), "input": None}
        raise RequestValidationError([found]) from error
    return asked


async def top_of(site: Site, channel_id: str, asked: AskedEmotes, most: int) -> list[UsedEmote]:
    """Return the most used emotes of the time that is asked for."""
    period = asked.window.period
    return await site.emotes.top(
        channel_id,
        period.from_at,
        min(period.until_at, milliseconds(asked.now)),
        most=most,
        providers=asked.providers,
        name_part=asked.name_part or "",
    )


async def opened(site: Site, channel_id: str, asked: AskedEmotes) -> AskedEmotes:
    """Return what is asked for with emotes in it: those asked for, else the busiest.

    They are those of the time shown, else of the last hour, of the day or of the last stream; with the time too, if
    none was asked for. Without any there is nothing to show.
    """
    if asked.keys:
        return asked
    wide = AskedEmotes(now=asked.now)
    tries = [] if asked.period == "live" else [replace(asked, provider=None, name_part=None)]
    tries += [replace(wide, period="hour"), replace(wide, period="day")]
    newest = await site.channels.streams(channel_id, None, 1)
    tries += [replace(wide, from_at=each.started_at, until_at=min(each.until_at, asked.now)) for each in newest]
    for tried in tries:
        if tried.from_at and tried.until_at and tried.from_at >= tried.until_at:
            continue
        if found := await top_of(site, channel_id, tried, FIRST_SHOWN):
            time = asked if asked.has_time else replace(tried, provider=asked.provider, name_part=asked.name_part)
            return replace(time, keys=tuple(each.emote.key for each in found), step=asked.step)
    return asked


async def graph_of(site: Site, channel_id: str, asked: AskedEmotes) -> EmoteGraph | None:
    """Draw what is asked for; None without emotes."""
    if not asked.keys:
        return None
    window = asked.window
    emotes, found = await site.emotes.series(channel_id, asked.keys, window.period)
    return draw(window, emotes, found, await moments_of(site, channel_id, window))


async def moments_of(site: Site, channel_id: str, window: Window) -> list[StoredMoment]:
    """Return the moments in a window: all of a short one, the best of a long one."""
    begin, end = utc(window.period.from_at), utc(window.period.until_at)
    is_long = (end - begin).total_seconds() > SECONDS["day"]
    wanted = Filter(
        channel=channel_id,
        channel_id=channel_id,
        from_at=begin,
        until_at=end,
        order="best" if is_long else "newest",
    )
    return (await site.moments.page(wanted, MOST_MARKED)).moments
