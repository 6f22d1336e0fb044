"""The one list: the best of a period, or the newest, narrowed by what the address says."""

import asyncio
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.data.lists.filters import Filter
from api_frontend.data.lists.list_query import MOST_COUNTED
from api_frontend.data.lists.periods import Period
from api_frontend.data.moments import Page
from api_frontend.reader import CURRENT
from api_frontend.rendering import READER_PAGE
from api_frontend.text.shown_name import shown
from api_frontend.translation import _, marked, ngettext
from api_frontend.views.asked_filter import asked_filter
from api_frontend.views.site import Site, of

PATH = "/best"
PAGE_SIZE = 24  # fills rows of two, three and four
MOST_OF_CHANNEL = 3  # on a page of the best
TABS: tuple[tuple[str, Period], ...] = (
    (marked("Hour"), "hour"),
    (marked("Today"), "today"),
    (marked("Week"), "week"),
)
TABS_KEPT = 500  # searches are among them, so there is a bound

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Link:
    """A choice that leads to another list."""

    text: str
    address: str
    is_here: bool = False


def with_query(path: str, query: str) -> str:
    """Append the query, if there is one."""
    return f"{path}?{query}" if query else path


async def wanted_here(request: Request) -> Filter:
    """Read the filter; without an order it is the best, and without anything the best of today."""
    wanted = await asked_filter(request)
    if wanted.shadow or request.query_params.get("order"):
        return wanted
    return replace(wanted, order="best", period=wanted.period if wanted.conditions() else "today")


def moved(request: Request) -> Response | None:
    """Return the way to the list for an address that it had before, `/?…`; None if this is no such address."""
    asked = request.query_params.multi_items()
    if not asked:
        return None
    order = [] if request.query_params.get("order") else [("order", "newest")]
    return RedirectResponse(with_query(PATH, urlencode([*asked, *order])), status_code=308)


def address(wanted: Filter) -> str:
    """Return the list's address."""
    return with_query(PATH, wanted.query_text())


def tabs(wanted: Filter) -> list[Link]:
    """Return the periods, and the newest; each keeps what else narrows the list."""
    plain = replace(wanted, after=None, from_at=None, until_at=None)
    return tabs_of(plain, CURRENT.get().language, is_free=not (wanted.from_at or wanted.until_at))


@lru_cache(TABS_KEPT)
def tabs_of(plain: Filter, _language: str, is_free: bool) -> list[Link]:
    """Return the tabs of a filter without times in the reader's language; `is_free`: no times are asked for."""
    links = [
        Link(
            _(text),
            address(replace(plain, period=period, order="best")),
            is_free and (plain.order, plain.period) == ("best", period),
        )
        for text, period in TABS
    ]
    newest = replace(plain, period=None, order="newest")
    return [*links, Link(_("Newest"), address(newest), is_free and plain.order == "newest" and not plain.period)]


def chips(wanted: Filter) -> list[Link]:
    """Return what narrows the list, each with the address that takes it away; a tab stands for its period."""
    in_tab = {tab[1] for tab in TABS} if wanted.order == "best" else set()
    return [
        Link(label, address(wanted.without(condition)))
        for condition, label in wanted.choices()
        if not (condition.parameter == "period" and wanted.period in in_tab)
    ]


def count_text(found: int) -> str:
    """Say how many moments there are, exactly up to a bound."""
    if found > MOST_COUNTED:
        return _("%(count)s+ moments", count=MOST_COUNTED)
    return ngettext("%(num)s moment", "%(num)s moments", found)


async def loosening(site: Site, wanted: Filter) -> list[Link]:
    """Return the choices without which there are moments, and how many."""
    tried = [(label, wanted.without(condition)) for condition, label in wanted.choices()]
    counts = await asyncio.gather(*(site.moments.count(each[1]) for each in tried))
    return [
        Link(_("Without %(choice)s: %(count)s", choice=shown(label), count=count_text(found)), address(without))
        for (label, without), found in zip(tried, counts, strict=True)
        if found
    ]


async def page_of(site: Site, wanted: Filter) -> Page:
    """Return the page; of the best of all channels, none has more than its share."""
    if wanted.order == "best" and not wanted.channel:
        return await site.moments.varied_page(wanted, PAGE_SIZE, MOST_OF_CHANNEL, count=True)
    return await site.moments.page(wanted, PAGE_SIZE, count=True)


async def count_of(site: Site, wanted: Filter, page: Page) -> int:
    """Count the list's moments; one page that holds all of them is counted without asking."""
    if page.next is None and wanted.after is None:
        return len(page.moments) + sum(page.more_of.values())
    return await site.moments.count(wanted) if page.found is None else page.found


def left_out(page: Page, wanted: Filter) -> list[Link]:
    """Return the channels that have more moments than the page shows, each with its own list."""
    channels = {moment.channel.channel_id: moment.channel for moment in page.moments}
    return [
        Link(
            _("%(count)s more of %(channel)s", count=more, channel=channels[channel_id].display_name),
            address(replace(wanted, after=None, channel=channels[channel_id].login or channel_id)),
        )
        for channel_id, more in page.more_of.items()
        if channel_id in channels
    ]


@router.api_route(PATH, methods=["GET", "HEAD"])
async def best(request: Request) -> Response:
    """Show the list."""
    site, wanted = await of(request), await wanted_here(request)
    freshness, read_at = await site.progress.read()
    known = await site.choices.read()
    wanted, channel = await site.channel_of(wanted)
    page = await page_of(site, wanted)
    live = None
    if wanted.follows_the_present:
        since = urlencode({"since": int(read_at.timestamp() * 1_000_000)})
        live = with_query("/events", "&".join([wanted.query_text(), since]))
    found = 0 if wanted.shadow else await count_of(site, wanted, page)
    values = {
        "page": page,
        "channel": channel,
        "wanted": wanted,
        "freshness": freshness,
        "tabs": tabs(wanted),
        "chips": chips(wanted),
        "count": None if wanted.shadow else count_text(found),
        "known": known,
        "most_of_channel": MOST_OF_CHANNEL,
        "watch_address": with_query("/watch", wanted.query_text()),
        "left_out": left_out(page, wanted),
        "looser": [] if found or wanted.shadow else await loosening(site, wanted),
        "live_address": live,
        "older_address": address(wanted.at(page.next)) if page.next else None,
        "top_address": address(wanted.at(None)) if wanted.after else None,
    }
    return site.renderer.page("best.html", values, headers=READER_PAGE)
