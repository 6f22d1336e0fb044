"""The list of moments, newest first."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response

from api_frontend.data.filters import Filter, from_address
from api_frontend.views.site import CurrentSite, Site

PAGE_SIZE = 24  # fills rows of two, three and four

router = APIRouter(include_in_schema=False)
Wanted = Annotated[Filter, Depends(from_address)]


def with_query(path: str, query: str) -> str:
    """Append the query, if there is one."""
    return f"{path}?{query}" if query else path


async def show(site: Site, wanted: Filter) -> Response:
    """Show the page of these moments."""
    page, channel, freshness, read_at = await site.page_with_freshness(wanted, PAGE_SIZE)
    live = None
    if wanted.follows_the_present:
        since = urlencode({"since": int(read_at.timestamp() * 1_000_000)})
        live = with_query("/events", "&".join(filter(None, [wanted.query_text(), since])))
    values = {
        "page": page,
        "channel": channel,
        "wanted": wanted,
        "freshness": freshness,
        "live_address": live,
        "older_address": with_query("/best", wanted.at(page.next).query_text()) if page.next else None,
        "newest_address": with_query("/best", wanted.at(None).query_text()) if wanted.after else None,
    }
    return site.renderer.page("newest.html", values)


@router.api_route("/best", methods=["GET", "HEAD"])
async def newest(site: CurrentSite, wanted: Wanted) -> Response:
    """Show the newest moments of all channels, or what the filter asks for."""
    return await show(site, wanted)
