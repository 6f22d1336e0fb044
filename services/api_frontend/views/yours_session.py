"""Who a request of a channel's own page comes from, and whether they may: each such view asks this."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Response

from api_frontend.accounts.twitch.consents import Signed
from api_frontend.accounts.twitch.desk import PeopleDesk
from api_frontend.accounts.twitch.standing import Standing, clip_scope_of
from api_frontend.translation import _, marked
from api_frontend.views.channel import CurrentChannel, Visited
from api_frontend.views.discord_session import form_fields
from api_frontend.views.site import CurrentSite, Site
from twitch_access.errors import TwitchError

SESSION_COOKIE, STATE_COOKIE, NOTICE_COOKIE = "channel_session", "channel_state", "channel_notice"
PATH, EVERYWHERE = "/channels", "/"  # the page where a Discord server is chosen asks for the session too
NOBODY_SIGNS_IN = marked("Streamers cannot sign in here.")
SIGNED_OUT = marked("You are not signed in any more, so nothing was changed. Please sign in with Twitch again.")
NOT_YOURS = marked("Only the streamer of this channel, and editors whom the streamer let in, may do this.")
TWITCH_AWAY = marked("Twitch does not answer at present, so nothing was changed. Please try again in a minute.")
TOO_MUCH = marked("You have changed very much in the last hour. Please go on later; nothing is lost.")


def people_of(site: Site) -> PeopleDesk:
    """Return what these pages work with; 404 where the operator has not set it up."""
    if site.people is None:
        raise HTTPException(404, _(NOBODY_SIGNS_IN))
    return site.people


def set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int, path: str = PATH) -> None:
    """Give the browser a cookie; scripts cannot read it, and other sites' forms do not send it."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    answer.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax", secure=secure)


def without_cookie(answer: Response, name: str, path: str = PATH) -> Response:
    """Take a cookie away."""
    answer.delete_cookie(name, path=path)
    return answer


async def maybe_signed(request: Request, site: CurrentSite) -> Signed | None:
    """Return who is signed in with Twitch; None if nobody is."""
    return await people_of(site).consents.of(request.cookies.get(SESSION_COOKIE))


MaybeSigned = Annotated[Signed | None, Depends(maybe_signed)]


@dataclass(frozen=True, kw_only=True)
class Own:
    """A channel, and somebody who may speak for it."""

    at: Visited
    people: PeopleDesk
    signed: Signed
    standing: Standing

    @property
    def channel_id(self) -> str:
        """The one channel that a request reads and changes."""
        return self.at.channel_id

    @property
    def page(self) -> str:
        """The address of its page."""
        return page_of(self.at)

    @property
    def may_clip(self) -> bool:
        """Whether the person allowed that clips are made."""
        return clip_scope_of(self.standing) in self.signed.visitor.scopes


def page_of(at: Visited) -> str:
    """Return the address of a channel's page for its own people."""
    return f"/channels/{at.known.address_name}/yours"


async def own_of(at: Visited, signed: Signed) -> Own | None:
    """Return what somebody may do for a channel; None for a stranger. 502 where Twitch does not say."""
    people = people_of(at.site)
    try:
        standing = await people.standings.of(at.channel_id, signed.user_id)
    except TwitchError as error:
        raise HTTPException(502, _(TWITCH_AWAY)) from error
    return Own(at=at, people=people, signed=signed, standing=standing) if standing else None


async def current_own(at: CurrentChannel, signed: MaybeSigned) -> Own:
    """Return who may change something here; 401 if nobody is signed in, 403 for a stranger."""
    if signed is None:
        raise HTTPException(401, _(SIGNED_OUT))
    own = await own_of(at, signed)
    if own is None:
        raise HTTPException(403, _(NOT_YOURS))
    return own


CurrentOwn = Annotated[Own, Depends(current_own)]


async def own_form(request: Request, own: CurrentOwn) -> Mapping[str, str]:
    """Return a form's fields; 403 unless it was made for this session, 429 after very many."""
    fields = await form_fields(request, own.signed.csrf)
    if (wait := await own.at.site.channel_changes.wait_of(own.signed.user_id)) is not None:
        raise HTTPException(429, _(TOO_MUCH), {"Retry-After": str(wait)})
    return fields


OwnForm = Annotated[Mapping[str, str], Depends(own_form)]
