"""Takes a visitor's verdict or heart, from a page's form, its script, or a program."""

from fastapi import HTTPException, Request

from api_frontend.data.voices import MOST_SAVED, SavedFullError, Says, Voice
from api_frontend.translation import _, marked
from api_frontend.views.moment import plausible
from api_frontend.views.site import Site

REMOVED = marked("This moment does not exist, or it has been removed.")
OFTEN = marked("You have pressed many buttons in a short time. Try again in an hour.")
NO_MORE_TODAY = marked("Your network has given as many verdicts as count in one day. Hearts are still saved.")
FULL = marked("You have saved %(count)s moments, which is as many as there is room for. Take one off first.")


def not_found() -> HTTPException:
    """Say that visitors see no such moment."""
    return HTTPException(404, _(REMOVED))


async def may_press(request: Request, site: Site) -> None:
    """Count a press; answers a client that presses too often with 429."""
    if (wait := await site.presses.wait_of(site.clients.of(request.scope))) is not None:
        raise HTTPException(429, _(OFTEN), {"Retry-After": str(wait)})


async def has_voice_left(request: Request, site: Site, own: Voice, says: Says | None, saves: bool | None) -> bool:
    """Return whether the voice moves the grade: a new one is taken from what its network has that day.

    A verdict beyond that is answered with 429; a heart beyond it is saved and moves nothing.
    """
    if own.counts or (says in (None, "none") and not saves):
        return own.counts
    wait = await site.verdicts.wait_of(site.clients.network_of(request.scope))
    if wait is not None and says not in (None, "none"):
        raise HTTPException(429, _(NO_MORE_TODAY), {"Retry-After": str(wait)})
    return wait is None


async def give(
    request: Request, site: Site, moment_id: str, token: str, says: Says | None, saves: bool | None
) -> Voice:
    """Change what this visitor says of the moment; return what it is now."""
    if not plausible(moment_id):
        raise not_found()
    visitor = await site.visitors.visitor(token)
    assert visitor is not None  # the token is ours
    own = await site.voices.own(moment_id, visitor)
    if own == Voice() and not await site.moments.one(moment_id):
        raise not_found()  # before a voice of the network is used up
    counts = await has_voice_left(request, site, own, says, saves)
    try:
        given = await site.voices.give(moment_id, visitor, says=says, saves=saves, may_count=counts)
    except SavedFullError as error:
        raise HTTPException(409, _(FULL, count=MOST_SAVED)) from error
    if given is None:
        raise not_found()
    return given
