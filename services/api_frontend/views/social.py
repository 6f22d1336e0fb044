"""The pictures that other sites show beside a link: a moment's card, and the site's own."""

from collections.abc import Callable
from contextvars import copy_context
from functools import partial

from fastapi import APIRouter, HTTPException, Request, Response

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.pictures import card
from api_frontend.pictures.shelf import BusyError
from api_frontend.reader import CURRENT
from api_frontend.translation import _, marked
from api_frontend.views.conditional import SHORTLY, has_it, kept_by_readers, not_modified, tag_of
from api_frontend.views.moment import visible
from api_frontend.views.site import CurrentSite, Site

DESIGN = "1"  # raise it when a card of the same moment is drawn differently
FOR_AN_HOUR = kept_by_readers(3600)  # a closed moment changes only with its clip
BUSY_RETRY_SECONDS = 2
NO_MOMENT = marked("This moment does not exist, or it has been removed.")

router = APIRouter(include_in_schema=False)


def language() -> str:
    """Return the language of the picture's texts."""
    return CURRENT.get().language


def in_language(draw: Callable[[], bytes]) -> Callable[[], bytes]:
    """Draw for the reader of this request, in the thread that draws too."""
    return partial(copy_context().run, draw)


def key_of(moment: StoredMoment) -> str:
    """Return what the card depends on."""
    channel = moment.channel
    return tag_of(DESIGN, moment.moment_id, moment.version, channel.display_name, channel.login or "", language())


async def drawn_for(request: Request, site: Site, key: str, draw: Callable[[], bytes]) -> bytes:
    """Return a picture. One that has to be drawn counts for its client as a request of the API does."""
    wait = None if site.shelf.has(key) else await site.limits.api.wait_of(site.clients.of(request.scope))
    if wait is not None:
        raise HTTPException(429, _("You have asked for many pictures. Try again later."), {"Retry-After": str(wait)})
    try:
        return await site.shelf.picture(key, in_language(draw))
    except BusyError as error:
        retry = {"Retry-After": str(BUSY_RETRY_SECONDS)}
        raise HTTPException(503, _("Many pictures are being drawn. Try again in a few seconds."), retry) from error


@router.api_route("/moments/{moment_id}/card.png", methods=["GET", "HEAD"])
async def moment_card(request: Request, site: CurrentSite, moment_id: str) -> Response:
    """Show a moment's card."""
    moment = await visible(site, moment_id, shadow=False)
    if moment is None:
        raise HTTPException(404, _(NO_MOMENT))
    key = key_of(moment)
    kept = FOR_AN_HOUR if moment.document.closed_at is not None else SHORTLY
    if has_it(request, key):
        return not_modified(key, kept)
    picture = await drawn_for(request, site, key, lambda: card.moment_card(moment))
    return Response(picture, media_type="image/png", headers={"ETag": key, "Cache-Control": kept})


@router.api_route("/card.png", methods=["GET", "HEAD"])
async def site_card(request: Request, site: CurrentSite) -> Response:
    """Show the site's own card."""
    key = tag_of(DESIGN, language())
    if has_it(request, key):
        return not_modified(key, FOR_AN_HOUR)
    picture = await site.shelf.picture(key, in_language(card.site_card))
    return Response(picture, media_type="image/png", headers={"ETag": key, "Cache-Control": FOR_AN_HOUR})
