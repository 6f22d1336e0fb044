"""The first page: what is going on now, the best of today, and the newest moments."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api_frontend.data.filters import Filter
from api_frontend.views.site import CurrentSite

NEWEST = 12  # fills rows of two, three and four
MOVED_PERMANENTLY = 308

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def now(request: Request, site: CurrentSite) -> Response:
    """Show the first page; an address of the list that used to be here leads to where it is now."""
    if request.url.query:
        return RedirectResponse(f"/best?{request.url.query}", MOVED_PERMANENTLY)
    page, _, freshness, read_at = await site.page_with_freshness(Filter(), NEWEST)
    values = {
        "newest": page.moments,
        "last": page.moments[0] if page.moments else None,
        "freshness": freshness,
        "live_address": "/events?" + urlencode({"since": int(read_at.timestamp() * 1_000_000)}),
    }
    return site.renderer.page("now.html", values)
