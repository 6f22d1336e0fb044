"""The page where a streamer opts out: signs in with Twitch, confirms, and is read and shown no more."""

import asyncio
from typing import Annotated

import structlog
from fastapi import APIRouter, Cookie, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.data.stored_moment import Channel
from api_frontend.rendering import NEVER_KEPT
from api_frontend.sign_in import CONFIRM_SECONDS, STATE_SECONDS, SignInFailedError, StreamerSignIn
from api_frontend.translation import _, marked
from api_frontend.views.site import CurrentSite, Site

PATH = "/channels/opt-out"
STATE_COOKIE, STREAMER_COOKIE = "opt_out_state", "opt_out_streamer"
LONGEST_CODE = 500  # characters; Twitch's have 30
REFUSED = marked("You did not sign in, so nothing was changed.")
TOO_MANY = marked("There were too many attempts from your address. Please try again in an hour.")
SIGN_IN_AGAIN = marked("Please sign in with Twitch first; a sign-in counts for five minutes.")

log = structlog.get_logger()
router = APIRouter(prefix=PATH, include_in_schema=False)


async def show(
    site: Site, *, channel: Channel | None = None, done: Channel | None = None, problem: str = "", status: int = 200
) -> Response:
    """Show the page: how to opt out, what a signed-in streamer has to confirm, or that it is done."""
    freshness = (await site.progress.read())[0]
    values = {
        "freshness": freshness,
        "channel": channel,
        "done": done,
        "problem": problem,
        "can_sign_in": site.sign_in is not None,
        "contact": site.contact,
    }
    return site.renderer.page("opt_out.html", values, status, NEVER_KEPT)


def sign_in_of(site: Site) -> StreamerSignIn:
    """Return the sign-in; 404 where the operator has not set it up."""
    if site.sign_in is None:
        raise HTTPException(404, _("Streamers cannot sign in here."))
    return site.sign_in


def set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie for these pages; scripts cannot read it, and other sites' forms do not send it."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    answer.set_cookie(name, value, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=secure)


@router.api_route("", methods=["GET", "HEAD"])
async def opt_out(site: CurrentSite, opt_out_streamer: Annotated[str | None, Cookie()] = None) -> Response:
    """Show how to opt out; ask a signed-in streamer to confirm."""
    return await show(site, channel=site.sign_in.streamer(opt_out_streamer) if site.sign_in else None)


@router.get("/sign-in")
async def sign_in(request: Request, site: CurrentSite) -> Response:
    """Send the browser to Twitch."""
    address, cookie = sign_in_of(site).begin()
    answer = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    set_cookie(answer, request, STATE_COOKIE, cookie, STATE_SECONDS)
    return answer


@router.get("/return")
async def come_back(
    request: Request,
    site: CurrentSite,
    state: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    code: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    error: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    opt_out_state: Annotated[str, Cookie()] = "",
) -> Response:
    """Take the browser back from Twitch, and find out whose channel it is."""
    twitch = sign_in_of(site)
    try:
        twitch.check(state, opt_out_state)
    except SignInFailedError as failure:
        return await show(site, problem=str(failure), status=400)
    if error or not code:
        return without_state(await show(site, problem=_(REFUSED)))
    if (wait := await site.asks.wait_of(site.clients.of(request.scope))) is not None:
        answer = await show(site, problem=_(TOO_MANY), status=429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    try:
        channel = await asyncio.to_thread(twitch.redeem, code)
    except SignInFailedError as failure:
        log.warning("a streamer could not sign in", reason=str(failure.__cause__ or failure))
        return without_state(await show(site, problem=str(failure), status=502))
    answer = RedirectResponse(PATH, 303, {"Cache-Control": "no-store"})
    set_cookie(answer, request, STREAMER_COOKIE, twitch.streamer_cookie(channel), CONFIRM_SECONDS)
    return without_state(answer)


def without_state(answer: Response) -> Response:
    """Take the state's cookie away: it counts once."""
    answer.delete_cookie(STATE_COOKIE, path=PATH)
    return answer


@router.post("")
async def confirm(site: CurrentSite, opt_out_streamer: Annotated[str | None, Cookie()] = None) -> Response:
    """Opt out the channel of whoever signed in, and no other."""
    channel = sign_in_of(site).streamer(opt_out_streamer)
    if channel is None:
        return await show(site, problem=_(SIGN_IN_AGAIN), status=403)
    if site.people:
        await site.people.consents.revoke(channel.channel_id)
    await site.channels.opt_out(channel)
    site.forget()
    log.info("a channel has opted out", channel_id=channel.channel_id)
    answer = await show(site, done=channel)
    answer.delete_cookie(STREAMER_COOKIE, path=PATH)
    return answer
