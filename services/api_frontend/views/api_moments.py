"""The API: moments and clips as JSON, filtered and paged like the website."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query

from api_frontend.data.lists.filters import MOST_ITEMS, Filter, from_address
from api_frontend.middleware.errors import CURSOR_ANSWER, ERROR_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.views.api_models import MomentDetail, MomentPage, detail_model, page_model
from api_frontend.views.moment import EvenExperimental, visible
from api_frontend.views.site import CurrentSite

router = APIRouter(prefix="/api/v1", tags=["moments"], responses=ERROR_ANSWERS)
Wanted = Annotated[Filter, Depends(from_address)]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="items per page")]


@router.get("/moments", responses=CURSOR_ANSWER)
async def moments(site: CurrentSite, wanted: Wanted, limit: Limit = 25) -> MomentPage:
    """List the newest moments; with `clips=1` only those that have a clip."""
    page, _ = await site.page_of(wanted, limit)
    return page_model(page)


@router.get("/clips", responses=CURSOR_ANSWER)
async def clips(site: CurrentSite, wanted: Wanted, limit: Limit = 25) -> MomentPage:
    """List the newest moments that have a clip."""
    page, _ = await site.page_of(replace(wanted, clips_only=True), limit)
    return page_model(page)


@router.get("/moments/{moment_id}", responses=NOT_FOUND_ANSWER)
async def moment(site: CurrentSite, moment_id: str, shadow: EvenExperimental = False) -> MomentDetail:
    """Return one moment with its evidence: chat activity, emotes and words."""
    found = await visible(site, moment_id, shadow)
    if found is None:
        raise HTTPException(404, "This moment does not exist, or it has been removed.")
    return detail_model(found)
