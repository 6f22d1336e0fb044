"""Signing in with Discord and out again, and the servers that a person may manage."""

import re
from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.accounts.accounts import SESSION_SECONDS, Accounts
from api_frontend.accounts.discord_api import DiscordAwayError, DiscordRefusedError
from api_frontend.accounts.sign_in import STATE_SECONDS, SignInFailedError
from api_frontend.data.lists.filters import CHANNEL_PATTERN
from api_frontend.rendering import NEVER_KEPT
from api_frontend.translation import _, marked
from api_frontend.views.discord_session import (
    NEXT_COOKIE,
    NIGHTS,
    NOTICE_COOKIE,
    PATH,
    SERVERS,
    SESSION_COOKIE,
    STATE_COOKIE,
    CheckedForm,
    CurrentAccount,
    MaybeAccount,
    accounts_of,
    managed,
    set_cookie,
    without_cookie,
)
from api_frontend.views.site import CurrentSite, Site

LONGEST_CODE = 500  # characters; Discord's have 30
NOT_SIGNED_IN = marked("You did not sign in, so nothing was changed.")
TOO_MANY = marked("There were too many sign-ins from your address. Please try again in an hour.")
AWAY = marked("Discord does not answer at present. Please try again in a minute.")
NOT_CONFIRMED = marked("Discord did not confirm the sign-in. Please start again.")

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


async def sign_in_page(site: Site, problem: str = "", status: int = 200) -> Response:
    """Ask to sign in, or say why nobody was signed in."""
    return site.renderer.page("discord_sign_in.html", {"problem": problem}, status, NEVER_KEPT)


@router.get(f"{PATH}/sign-in")
async def sign_in(request: Request, site: CurrentSite) -> Response:
    """Send the browser to Discord."""
    address, cookie = accounts_of(site).sign_in.begin()
    answer = RedirectResponse(address, 303, NEVER_KEPT)
    set_cookie(answer, request, STATE_COOKIE, cookie, STATE_SECONDS)
    return answer


@router.get(f"{PATH}/return")
async def come_back(
    request: Request,
    site: CurrentSite,
    state: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    code: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
    error: Annotated[str, Query(max_length=LONGEST_CODE)] = "",
) -> Response:
    """Take the browser back from Discord, and open a session."""
    accounts = accounts_of(site)
    try:
        verifier = accounts.sign_in.check(state, request.cookies.get(STATE_COOKIE, ""))
    except SignInFailedError as failure:
        return await sign_in_page(site, str(failure), 400)
    if error or not code:
        return without_cookie(await sign_in_page(site, _(NOT_SIGNED_IN)), STATE_COOKIE)
    if (wait := await site.discord_sign_ins.wait_of(site.clients.of(request.scope))) is not None:
        answer = await sign_in_page(site, _(TOO_MANY), 429)
        answer.headers["Retry-After"] = str(wait)
        return without_cookie(answer, STATE_COOKIE)
    return without_cookie(await signed_in(request, site, accounts, code, verifier), STATE_COOKIE)


async def signed_in(request: Request, site: Site, accounts: Accounts, code: str, verifier: str) -> Response:
    """Open a session and lead to the person's servers; a session that the browser had before ends."""
    try:
        cookie = await accounts.open(code, verifier)
    except DiscordAwayError as failure:
        log.warning("nobody could sign in", reason=str(failure))
        return await sign_in_page(site, _(AWAY), 502)
    except DiscordRefusedError as failure:
        log.warning("a person could not sign in", reason=str(failure))
        return await sign_in_page(site, _(NOT_CONFIRMED), 502)
    if (before := await accounts.of(request.cookies.get(SESSION_COOKIE))) is not None:
        await accounts.close(before)
    answer = RedirectResponse(page_after(request.cookies.get(NEXT_COOKIE, "")), 303, NEVER_KEPT)
    set_cookie(answer, request, SESSION_COOKIE, cookie, SESSION_SECONDS)
    return without_cookie(answer, NEXT_COOKIE)


def page_after(channel: str) -> str:
    """Return where a person goes on: to the channel whose nights they came to be told of, else to their servers."""
    return f"{NIGHTS}/{channel}" if re.fullmatch(CHANNEL_PATTERN, channel) else SERVERS


@router.post(f"{PATH}/sign-out")
async def sign_out(site: CurrentSite, account: CurrentAccount, form: CheckedForm) -> Response:
    """End the session."""
    await accounts_of(site).close(account)
    answer = await sign_in_page(site)
    return without_cookie(without_cookie(answer, SESSION_COOKIE), NOTICE_COOKIE)


@router.get(SERVERS)
async def servers(site: CurrentSite, account: MaybeAccount) -> Response:
    """List the servers that the person may manage; ask whoever is not signed in to do so."""
    if account is None:
        return await sign_in_page(site)
    mine = await managed(site, account)
    present = await site.discord.guilds.present(list(mine))
    elsewhere = {guild_id: name for guild_id, name in mine.items() if guild_id not in present}
    values = {
        "account": account,
        "here": by_name(present),
        "elsewhere": [(name, site.discord.invite(guild_id)) for guild_id, name in by_name(elsewhere)],
    }
    return site.renderer.page("discord_servers.html", values, headers=NEVER_KEPT)


def by_name(servers: dict[int, str]) -> list[tuple[int, str]]:
    """Return servers in the order of their names."""
    return sorted(servers.items(), key=lambda each: (each[1].casefold(), each[0]))
