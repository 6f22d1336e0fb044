"""The API: moments and clips as JSON, filtered and paged like the website."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import AfterValidator, BeforeValidator

from api_frontend.data.lists import parameters
from api_frontend.data.lists.filters import MOST_ITEMS, Filter, from_address
from api_frontend.data.moments import Page
from api_frontend.middleware.errors import ERROR_ANSWERS, LIST_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.rendering import SHARED
from api_frontend.translation import _
from api_frontend.views.api_models import MomentDetail, MomentPage, detail_model, page_model
from api_frontend.views.known_parameters import only_known
from api_frontend.views.language_parameter import language
from api_frontend.views.moment import ID_LENGTH_LIMIT, EvenExperimental, visible
from api_frontend.views.site import CurrentSite, Site


async def shared(response: Response) -> None:
    """Let caches keep the answer for some seconds."""
    response.headers["Cache-Control"] = SHARED


def in_utc(value: datetime | None) -> datetime | None:
    """Convert to UTC; a time without a zone is UTC already."""
    return parameters.in_zone(value, "UTC")


SHARED_READING = [Depends(only_known), Depends(language), Depends(shared)]
router = APIRouter(prefix="/api/v1", tags=["moments"], responses=ERROR_ANSWERS, dependencies=SHARED_READING)
Wanted = Annotated[Filter, Depends(from_address)]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="items per page")]
MomentId = Annotated[str, Path(min_length=1, max_length=ID_LENGTH_LIMIT, description="a moment's `id`")]
ChangedSince = Annotated[
    datetime | None,
    BeforeValidator(parameters.no_number),
    AfterValidator(parameters.in_range),
    AfterValidator(in_utc),
    Query(
        description="only moments that changed, or whose clip did, at or after this time (ISO 8601; UTC unless it has "
        "a zone), in the order of the changes: `as_of` of the answer before, so that you learn that a clip was made. "
        "Some come twice; a page may hold fewer than `limit`",
        examples=["2026-11-22T17:00:00Z"],
    ),
]


async def changed_page(site: Site, wanted: Filter, since: datetime, most: int) -> MomentPage:
    """Return what changed since then and fits the filter, the oldest change first."""
    wanted = (await site.channel_of(wanted))[0]
    places = await site.catalogue.changed(since, wanted.after, most + 1)
    shown = places[:most]
    found = await site.moments.by_ids(place.moment_id for place in shown)
    kept = replace(wanted, after=None)
    page = Page([moment for moment in found if kept.fits(moment)], shown[-1] if len(places) > most else None)
    as_of = max(since, shown[-1].crossed_at) if shown else since
    return page_model(page).model_copy(update={"as_of": as_of})


@router.get("/moments", responses=LIST_ANSWERS)
async def moments(
    site: CurrentSite, wanted: Wanted, limit: Limit = 25, changed_since: ChangedSince = None
) -> MomentPage:
    """List moments, the newest or the best first; with `clips=1` only those that have a clip."""
    if changed_since is not None:
        return await changed_page(site, wanted, changed_since, limit)
    page = (await site.page_of(wanted, limit))[0]
    return page_model(page)


@router.get("/clips", responses=LIST_ANSWERS)
async def clips(site: CurrentSite, wanted: Wanted, limit: Limit = 25) -> MomentPage:
    """List moments that have a clip."""
    page = (await site.page_of(replace(wanted, clips_only=True), limit))[0]
    return page_model(page)


@router.get("/moments/{moment_id}", responses=NOT_FOUND_ANSWER)
async def moment(site: CurrentSite, moment_id: MomentId, shadow: EvenExperimental = False) -> MomentDetail:
    """Return one moment with its evidence: chat activity, emotes and words."""
    found = await visible(site, moment_id, shadow)
    if found is None:
        raise HTTPException(404, _("This moment does not exist, or it has been removed."))
    return detail_model(found)
