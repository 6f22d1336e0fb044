"""The moments that a visitor saved. The list stays in the browser, which asks for them by their ids."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api_frontend.views.moment import plausible
from api_frontend.views.site import CurrentSite

MOST_SAVED = 100  # moments on the page
IDS_LENGTH_LIMIT = 8000  # characters of an address

router = APIRouter(include_in_schema=False)
Ids = Annotated[str, Query(max_length=IDS_LENGTH_LIMIT, description="ids of moments, separated by commas")]


@router.api_route("/saved", methods=["GET", "HEAD"])
async def saved(site: CurrentSite, ids: Ids = "") -> Response:
    """Show these moments in this order; those that do not exist any more are left out."""
    wanted = [each for each in dict.fromkeys(ids.split(",")) if each and plausible(each)][:MOST_SAVED]
    found = [each for each in await site.moments.by_ids(wanted) if not each.document.shadow]
    freshness, _ = await site.progress.read()
    return site.renderer.page("saved.html", {"moments": found, "asked": bool(wanted), "freshness": freshness})
