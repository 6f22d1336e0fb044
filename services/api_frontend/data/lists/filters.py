"""Which moments a visitor asks for, and in which order. The ways to narrow the list are in `conditions`."""

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from api_frontend.data.lists import cursor as cursors
from api_frontend.data.lists import parameters as asked
from api_frontend.data.lists.conditions import CONDITIONS, FilterCondition
from api_frontend.data.lists.cursor import Cursor
from api_frontend.data.lists.parameters import CHANNEL_PATTERN, MOST_ITEMS, RARITIES, Order, Rarity
from api_frontend.data.lists.periods import Period, bounds, is_zone
from api_frontend.data.stored_moment import Channel, StoredMoment
from api_frontend.reader import CURRENT, UTC_NAME
from api_frontend.translation import _

__all__ = ["CHANNEL_PATTERN", "MOST_ITEMS", "NO_CHANNEL", "BadRequestError", "Filter", "from_address"]
NO_CHANNEL = ""  # the id that no channel has


class BadRequestError(Exception):
    """The request cannot be understood; `code` is for programs, the message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What the address asks for. `channel` is a login in lower case or an id; `channel_id` is what it leads to.

    `now` is when it was asked: where a period begins follows from it.
    """

    search: str | None = None
    channel: str | None = None
    game: str | None = None
    language: str | None = None
    mood: str | None = None
    cause: str | None = None
    rarity: Rarity | None = None
    clips_only: bool = False
    period: Period | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    zone: str = UTC_NAME
    order: Order = "newest"
    shadow: bool = False
    after: Cursor | None = None
    channel_id: str = NO_CHANNEL
    now: datetime = field(default_factory=lambda: datetime.now(UTC), repr=False, compare=False)

    @property
    def begin(self) -> datetime | None:
        """Where the time asked for begins."""
        begins = [at for at in (self.from_at, self._period[0]) if at]
        return max(begins, default=None)

    @property
    def end(self) -> datetime | None:
        """Where the time asked for ends."""
        ends = [at for at in (self.until_at, self._period[1]) if at]
        return min(ends, default=None)

    @property
    def _period(self) -> tuple[datetime | None, datetime | None]:
        return bounds(self.period, ZoneInfo(self.zone), self.now) if self.period else (None, None)

    @property
    def least_seconds(self) -> int:
        """How long a moment has to be its channel's biggest."""
        return RARITIES[self.rarity] if self.rarity else 0

    @property
    def follows_the_present(self) -> bool:
        """Whether new moments belong on this page; experimental ones are sent to no open page."""
        return self.after is None and self.end is None and not self.shadow

    @property
    def narrows(self) -> bool:
        """Whether anything but the page is asked for."""
        return bool(self.labels())

    def at(self, after: Cursor | None) -> "Filter":
        """Ask for the same moments from another position on."""
        return self if after == self.after else replace(self, after=after)

    def of(self, channel: Channel | None) -> "Filter":
        """Ask for the moments of this channel, which `channel` named; None if there is no such channel."""
        return replace(self, channel_id=channel.channel_id if channel else NO_CHANNEL)

    def without(self, condition: FilterCondition) -> "Filter":
        """Ask for the same without one condition, from the top."""
        plain: dict[str, Any] = {each.name: each.default for each in fields(Filter) if each.name in condition.fields}
        return replace(self, after=None, **plain)

    def conditions(self) -> list[FilterCondition]:
        """Return the conditions that are asked for."""
        return [condition for condition, _ in self._asked]

    @cached_property
    def _asked(self) -> list[tuple[FilterCondition, str]]:
        """The conditions that are asked for, each with its value in an address."""
        return [(condition, value) for condition in CONDITIONS if (value := condition.value(self))]

    def choices(self) -> list[tuple[FilterCondition, str]]:
        """Return what narrows the list, each with its words for people."""
        labelled = [(condition, condition.label(self)) for condition in self.conditions()]
        return [(condition, label) for condition, label in labelled if label]

    def fits(self, moment: StoredMoment) -> bool:
        """Return whether the list holds the moment; the list's query decides alike."""
        return moment.document.shadow == self.shadow and all(one.fits(moment, self) for one in self.conditions())

    def labels(self) -> list[str]:
        """Describe what narrows the list, for people."""
        return [label for _, label in self.choices()] + [_("experimental detectors")] * self.shadow

    def query_text(self) -> str:
        """Write the filter as an address's query, without `?`."""
        return self._query_text

    @cached_property
    def _query_text(self) -> str:
        pairs = [(condition.parameter, value) for condition, value in self._asked]
        says_zone = self.zone != UTC_NAME and bool(self.period or self.from_at or self.until_at)
        how = [("tz", self.zone)] * says_zone + [("order", self.order)] + [("shadow", "1")] * self.shadow
        return urlencode([*pairs, *how])


def cursor_of(text: str | None, order: Order) -> Cursor | None:
    """Read a cursor of this order; raises `BadRequestError`."""
    try:
        after = cursors.decode(text) if text else None
        if after and (after.grade is None) != (order == "newest"):
            raise cursors.CursorError("not a cursor of this order; leave it out to start at the top")
    except cursors.CursorError as error:
        raise BadRequestError("bad_cursor", f"cursor: {error}") from error
    return after


async def from_address(
    q: asked.Search = None,
    channel: asked.ChannelName = None,
    game: asked.Game = None,
    language: asked.Language = None,
    mood: asked.Mood = None,
    cause: asked.Cause = None,
    rarity: asked.LeastRarity = None,
    clips: asked.Clips = False,
    period: asked.PeriodName = None,
    from_at: asked.From = None,
    until: asked.Until = None,
    tz: asked.Zone = None,
    order: asked.OrderName = None,
    shadow: asked.Shadow = False,
    cursor: asked.CursorText = None,
) -> Filter:
    """Read the filter that an address asks for; raises `BadRequestError` for a cursor or a time zone that is none."""
    if tz and not is_zone(tz):
        raise BadRequestError("bad_time_zone", _("tz: this is no time zone; write one such as Europe/Berlin"))
    zone = tz or CURRENT.get().zone
    ordering: Order = "newest" if shadow else order or "newest"  # experimental moments have one order
    return Filter(
        search=q,
        channel=channel.lower() if channel else None,
        game=game,
        language=language,
        mood=mood,
        cause=cause,
        rarity=rarity,
        clips_only=clips,
        period=period,
        zone=zone,
        order=ordering,
        shadow=shadow,
        after=cursor_of(cursor, ordering),
        from_at=asked.in_zone(from_at, zone),
        until_at=asked.in_zone(until, zone),
    )
