"""One moment: its player, its curve, and why it is one."""

from fastapi import APIRouter, HTTPException, Response

from api_frontend.data.filters import Shadow
from api_frontend.data.moments import StoredMoment
from api_frontend.views.site import Site, SiteHere
from contracts.moments import WordCount

LONGEST_ID = 200  # characters

router = APIRouter(include_in_schema=False)


def plausible(moment_id: str) -> bool:
    """Whether Postgres can be asked for it: a NUL is an error there."""
    return len(moment_id) <= LONGEST_ID and moment_id.isprintable()


def loudest_first(found: StoredMoment) -> list[WordCount]:
    """The words of a moment, most used first."""
    return sorted(found.evidence.words, key=lambda one: one.uses, reverse=True)


async def visible(site: Site, moment_id: str, shadow: bool) -> StoredMoment | None:
    """The moment; None where there is none, or where only operators see it and `shadow` was not asked for."""
    found = await site.moments.one(moment_id) if plausible(moment_id) else None
    return found if found is None or shadow or not found.shadow else None


@router.api_route("/moments/{moment_id}", methods=["GET", "HEAD"])
async def moment(site: SiteHere, moment_id: str, shadow: Shadow = False) -> Response:
    """The page of one moment."""
    found = await visible(site, moment_id, shadow)
    if found is None:
        raise HTTPException(404, "There is no such moment. It may have been removed.")
    freshness, _ = await site.progress.read()
    words = [{"name": one.word, "uses": one.uses, "chatters": one.chatters} for one in loudest_first(found)]
    return site.renderer.page("moment.html", {"moment": found, "words": words, "freshness": freshness})
