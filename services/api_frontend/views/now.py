"""The first page: what is going on now, the best of today, and the newest moments."""

from dataclasses import replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from api_frontend.data.lists.filters import Filter
from api_frontend.rendering import READER_PAGE
from api_frontend.views.asked_filter import asked_filter
from api_frontend.views.best import MOST_OF_CHANNEL, Link, moved, tabs
from api_frontend.views.site import CurrentSite

BEST = 6  # fills rows of two and three
NEWEST = 12  # fills rows of two and three

router = APIRouter(include_in_schema=False)


def links(best: Filter) -> list[Link]:
    """Return the ways to the list; the period that is shown here leads to all of it."""
    return [replace(each, is_here=False) for each in tabs(best)]


@router.api_route("/", methods=["GET", "HEAD"])
async def now(request: Request, site: CurrentSite, asked: Annotated[Filter, Depends(asked_filter)]) -> Response:
    """Show the first page; an address of the list that used to be here leads to where it is now."""
    if (way := moved(request)) is not None:
        return way
    page, _, freshness, read_at = await site.page_with_freshness(Filter(), NEWEST)
    wanted = Filter(order="best", period="today", zone=asked.zone)
    best = await site.moments.varied_page(wanted, BEST, MOST_OF_CHANNEL)
    values = {
        "best": best.moments,
        "links": links(wanted),
        "newest": page.moments,
        "last": page.moments[0] if page.moments else None,
        "freshness": freshness,
        "live_address": "/events?" + urlencode({"since": int(read_at.timestamp() * 1_000_000)}),
    }
    return site.renderer.page("now.html", values, headers=READER_PAGE)
