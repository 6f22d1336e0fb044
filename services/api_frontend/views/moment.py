"""The page of one moment: its player, its chat activity, and why it is one."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.views.site import CurrentSite, Site
from contracts.moments import WordCount

ID_LENGTH_LIMIT = 200  # characters
EvenExperimental = Annotated[bool, Query(description="for operators: also if an experimental detector found it")]

router = APIRouter(include_in_schema=False)


def plausible(moment_id: str) -> bool:
    """Return whether Postgres accepts this id as text: it refuses a NUL."""
    return len(moment_id) <= ID_LENGTH_LIMIT and moment_id.isprintable()


def most_used_first(found: StoredMoment) -> list[WordCount]:
    """Sort the words of a moment."""
    return sorted(found.document.evidence.words, key=lambda one: one.uses, reverse=True)


async def visible(site: Site, moment_id: str, shadow: bool) -> StoredMoment | None:
    """Return the moment; None if it does not exist, or if it is for operators and `shadow` was not asked for."""
    found = await site.moments.one(moment_id) if plausible(moment_id) else None
    return found if found is None or shadow or not found.document.shadow else None


@router.api_route("/moments/{moment_id}", methods=["GET", "HEAD"])
async def moment(site: CurrentSite, moment_id: str, shadow: EvenExperimental = False) -> Response:
    """Show one moment."""
    found = await visible(site, moment_id, shadow)
    if found is None:
        raise HTTPException(404, "This moment does not exist, or it has been removed.")
    freshness, _ = await site.progress.read()
    words = [{"name": one.word, "uses": one.uses, "chatters": one.chatters} for one in most_used_first(found)]
    return site.renderer.page("moment.html", {"moment": found, "words": words, "freshness": freshness})
