"""What a visitor saved and judged, known by the visitor's cookie."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.rendering import NEVER_KEPT
from api_frontend.translation import _
from api_frontend.views.moment import plausible
from api_frontend.views.site import CurrentSite, Site
from api_frontend.views.verdicts import COOKIE, Token, remember
from api_frontend.views.voice_giving import OFTEN

MOST_CARDS = 100  # of each kind on the page
MOST_CARRIED = 100  # as many as browsers kept by themselves before
IDS_LENGTH_LIMIT = 8000  # characters

router = APIRouter(include_in_schema=False)
Ids = Annotated[str, Form(max_length=IDS_LENGTH_LIMIT)]


async def shown(site: Site, ids: list[str]) -> list[StoredMoment]:
    """Return those of the moments that visitors still see."""
    return [each for each in await site.moments.by_ids(ids) if not each.document.shadow]


@router.api_route("/saved", methods=["GET", "HEAD"])
async def saved(site: CurrentSite, voice: Token = None) -> Response:
    """Show what the visitor saved, and judged to be good; the newest first."""
    visitor = await site.visitors.visitor(voice)
    hearts = await site.voices.saved(visitor, MOST_CARDS) if visitor else []
    liked = await site.voices.judged(visitor, "good", MOST_CARDS) if visitor else []
    values = {
        "moments": await shown(site, hearts),
        "liked": await shown(site, [each for each in liked if each not in hearts]),
        "is_known": visitor is not None,
        "freshness": (await site.progress.read())[0],
    }
    return site.renderer.page("saved.html", values, headers=NEVER_KEPT)


@router.post("/saved/carry")
async def carry(request: Request, site: CurrentSite, ids: Ids = "", voice: Token = None) -> Response:
    """Take over what a browser kept by itself. These hearts move no grade."""
    if (wait := await site.asks.wait_of(f"carry {site.clients.of(request.scope)}")) is not None:
        raise HTTPException(429, _(OFTEN), {"Retry-After": str(wait)})
    token = await site.visitors.renewed(voice)
    visitor = await site.visitors.visitor(token)
    assert visitor is not None  # the token is ours
    wanted = [each for each in dict.fromkeys(ids.split(",")) if each and plausible(each)][:MOST_CARRIED]
    await site.voices.carry(wanted, visitor)
    answer = Response(status_code=204, headers=NEVER_KEPT)
    remember(answer, token)
    return answer


@router.post("/saved/forget")
async def forget(site: CurrentSite, voice: Token = None) -> Response:
    """Delete all that the visitor said, and the cookie."""
    visitor = await site.visitors.visitor(voice)
    if visitor:
        await site.voices.forget(visitor)
    answer = RedirectResponse("/saved", 303, NEVER_KEPT)
    answer.delete_cookie(COOKIE)
    return answer
