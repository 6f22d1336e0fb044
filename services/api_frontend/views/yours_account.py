"""Signing in with Twitch for a channel, out again, and taking the consent back."""

from functools import partial
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.accounts.states import STATE_SECONDS, SignInFailedError
from api_frontend.accounts.twitch.consents import SESSION_SECONDS, NotYoursError
from api_frontend.accounts.twitch.scopes import role_in
from api_frontend.accounts.twitch.sign_in import Wanted
from api_frontend.rendering import NEVER_KEPT
from api_frontend.translation import _, marked
from api_frontend.views.channel import CurrentChannel, Visited
from api_frontend.views.discord_session import form_fields
from api_frontend.views.site import CurrentSite, Site
from api_frontend.views.yours import sign_in_page
from api_frontend.views.yours_session import (
    EVERYWHERE,
    SESSION_COOKIE,
    STATE_COOKIE,
    MaybeSigned,
    page_of,
    people_of,
    set_cookie,
    without_cookie,
)
from contracts import metrics
from service_runtime.measures import measure
from twitch_access.errors import TwitchError

LONGEST_CODE = 500  # characters; Twitch's have 30
RETURN = "/channels/sign-in/return"
NOT_SIGNED_IN = marked("You did not sign in, so nothing was changed.")
TOO_MANY = marked("There were too many sign-ins from your address. Please try again in an hour.")
NOT_CONFIRMED = marked("Twitch did not confirm the sign-in. Please try again in a minute.")
NOT_ADMITTED = marked(
    "You signed in as %(login)s. That is not this channel’s account, nor is it an editor whom its streamer let in. "
    "Nothing of it was kept."
)
REVOKED = marked("Your consent is withdrawn, and what Twitch gave us for it is deleted.")
NOT_VOIDED = marked("Twitch could not be told. You can disconnect this site there too: Twitch’s settings, Connections.")

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


@router.get("/channels/{login}/yours/sign-in")
async def sign_in(
    request: Request,
    at: CurrentChannel,
    signed: MaybeSigned,
    role: Annotated[str, Query(alias="as", max_length=20)] = "",
) -> Response:
    """Send the browser to Twitch."""
    held = signed.visitor.scopes if signed else frozenset[str]()
    address, cookie = people_of(at.site).sign_in.begin(Wanted(at.channel_id, role_in(role)), held)
    answer = RedirectResponse(address, 303, NEVER_KEPT)
    set_cookie(answer, request, STATE_COOKIE, cookie, STATE_SECONDS)
    return answer


async def failed(at: Visited | None, site: Site, problem: str, status: int) -> Response:
    """Say why nobody was signed in."""
    if at is not None:
        return without_cookie(await sign_in_page(at, problem=problem, status=status), STATE_COOKIE)
    values = {"status": status, "message": problem}
    return without_cookie(site.renderer.page("problem.html", values, status, NEVER_KEPT), STATE_COOKIE)


@router.get(RETURN)
async def come_back(
    request: Request,
    site: CurrentSite,
    state: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    code: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    error: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
) -> Response:
    """Take the browser back from Twitch, and keep the consent of whom the channel knows."""
    people = people_of(site)
    try:
        wanted = people.sign_in.carried(people.sign_in.check(state, request.cookies.get(STATE_COOKIE, "")))
    except SignInFailedError as failure:
        return await failed(None, site, str(failure), 400)
    known = await site.channels.named(wanted.channel_id)
    if known is None:
        return await failed(None, site, _(NOT_CONFIRMED), 404)
    at = Visited(site, known)
    if error or not code:
        return await failed(at, site, _(NOT_SIGNED_IN), 200)
    if (wait := await site.channel_sign_ins.wait_of(site.clients.of(request.scope))) is not None:
        answer = await failed(at, site, _(TOO_MANY), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    return await admitted(request, at, code)


async def admitted(request: Request, at: Visited, code: str) -> Response:
    """Open a session and lead to the channel's page; a session that the browser had before ends."""
    people = people_of(at.site)
    try:
        cookie = await people.consents.open(code, partial(people.standings.admits, at.channel_id))
    except NotYoursError as stranger:
        measure(metrics.CHANNEL_SIGN_INS).labels(outcome="stranger").inc()
        return await failed(at, at.site, _(NOT_ADMITTED, login=str(stranger)), 403)
    except TwitchError as failure:
        measure(metrics.CHANNEL_SIGN_INS).labels(outcome="failed").inc()
        log.warning("a person could not sign in", reason=str(failure))
        return await failed(at, at.site, _(NOT_CONFIRMED), 502)
    measure(metrics.CHANNEL_SIGN_INS).labels(outcome="kept").inc()
    if (before := await people.consents.of(request.cookies.get(SESSION_COOKIE))) is not None:
        await people.consents.rows.end_session(before.session_hash)
    answer = without_cookie(RedirectResponse(page_of(at), 303, NEVER_KEPT), STATE_COOKIE)
    set_cookie(answer, request, SESSION_COOKIE, cookie, SESSION_SECONDS, EVERYWHERE)
    return answer


@router.post("/channels/{login}/yours/sign-out")
async def sign_out(request: Request, at: CurrentChannel, signed: MaybeSigned) -> Response:
    """End the session; the consent stays."""
    if signed is not None:
        await form_fields(request, signed.csrf)
        await people_of(at.site).consents.rows.end_session(signed.session_hash)
    return without_cookie(await sign_in_page(at), SESSION_COOKIE, EVERYWHERE)


@router.post("/channels/{login}/yours/revoke")
async def revoke(request: Request, at: CurrentChannel, signed: MaybeSigned) -> Response:
    """Take a consent back: with one tap, and whatever Twitch says."""
    if signed is None:
        return without_cookie(await sign_in_page(at, problem=_(REVOKED)), SESSION_COOKIE, EVERYWHERE)
    await form_fields(request, signed.csrf)
    is_void = await people_of(at.site).consents.revoke(signed.user_id)
    said = _(REVOKED) if is_void else f"{_(REVOKED)} {_(NOT_VOIDED)}"
    return without_cookie(await sign_in_page(at, problem=said), SESSION_COOKIE, EVERYWHERE)
