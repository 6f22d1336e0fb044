"""Who a request of the Discord pages comes from, and whether its form was made here: each such view asks this."""

from collections.abc import Mapping
from secrets import compare_digest
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request, Response

from api_frontend.accounts.accounts import Account, Accounts, SignedOutError
from api_frontend.accounts.discord_api import DiscordAwayError
from api_frontend.text.discord.forms import fields_in
from api_frontend.translation import _, marked
from api_frontend.views.site import CurrentSite, Site

PATH = "/discord"
SERVERS, NIGHTS = f"{PATH}/servers", f"{PATH}/nights"
SESSION_COOKIE, STATE_COOKIE, NOTICE_COOKIE = "discord_session", "discord_state", "discord_notice"
NEXT_COOKIE, NEXT_SECONDS = "discord_next", 600  # where a person goes on after signing in
LONGEST_FORM = 32_000  # bytes; the longest that people send is a list of streamers
MOST_FIELDS = 100
NOBODY_SIGNS_IN = marked("Nobody can sign in with Discord here: the operator of this site has not set it up.")
SIGNED_OUT = marked("You are not signed in any more, so nothing was changed. Please sign in with Discord again.")
FOREIGN_FORM = marked("This form was not made for you, or it is too old. Nothing was changed; open the page again.")
RIGHTS_UNKNOWN = marked(
    "Discord does not answer, so we do not know which servers you may manage now. Please try again in a minute."
)


def accounts_of(site: Site) -> Accounts:
    """Return the accounts; 404 where the operator has not set them up."""
    if site.discord.accounts is None:
        raise HTTPException(404, _(NOBODY_SIGNS_IN))
    return site.discord.accounts


def set_cookie(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    """Give the browser a cookie for these pages; scripts cannot read it, and other sites' forms do not send it."""
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    answer.set_cookie(name, value, max_age=seconds, path=PATH, httponly=True, samesite="lax", secure=secure)


def without_cookie(answer: Response, name: str) -> Response:
    """Take a cookie away."""
    answer.delete_cookie(name, path=PATH)
    return answer


async def maybe_account(request: Request, site: CurrentSite) -> Account | None:
    """Return who is signed in; None if nobody is."""
    return await accounts_of(site).of(request.cookies.get(SESSION_COOKIE))


MaybeAccount = Annotated[Account | None, Depends(maybe_account)]


async def current_account(account: MaybeAccount) -> Account:
    """Return who is signed in; 401 if nobody is."""
    if account is None:
        raise HTTPException(401, _(SIGNED_OUT))
    return account


CurrentAccount = Annotated[Account, Depends(current_account)]


async def managed(site: Site, account: Account) -> dict[int, str]:
    """Return the names of the servers that the person may manage now, by id. 401 and 502 where that is not known."""
    try:
        return await accounts_of(site).managed(account)
    except SignedOutError as error:
        raise HTTPException(401, _(SIGNED_OUT)) from error
    except DiscordAwayError as error:
        raise HTTPException(502, _(RIGHTS_UNKNOWN)) from error


async def form_fields(request: Request, csrf: str) -> dict[str, str]:
    """Return a form's fields; 403 unless it brings back what the session's forms have."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, _("This is more than the form takes."))
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(400, _("This form cannot be read.")) from error
    fields = fields_in(pairs)
    if not compare_digest(fields.pop("csrf", "").encode(), csrf.encode()):
        raise HTTPException(403, _(FOREIGN_FORM))
    return fields


async def checked_form(request: Request, account: CurrentAccount) -> Mapping[str, str]:
    """Return a form's fields; 403 unless it was made for this session."""
    return await form_fields(request, account.csrf)


CheckedForm = Annotated[Mapping[str, str], Depends(checked_form)]
