"""Where a channel's own people choose the Discord server that is told of each stream's end.

It takes both sign-ins: with Twitch, that the channel is theirs, and with Discord, that they may manage the server.
"""

from collections.abc import Mapping
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.accounts.accounts import Account
from api_frontend.rendering import NEVER_KEPT
from api_frontend.translation import _, marked
from api_frontend.views.discord_session import (
    NEXT_COOKIE,
    NEXT_SECONDS,
    NIGHTS,
    MaybeAccount,
    form_fields,
    managed,
    set_cookie,
)
from api_frontend.views.site import Site
from api_frontend.views.yours_session import SIGNED_OUT, CurrentOwn, Own
from discord_notices.rules.places import TextChannel

NO_SUCH_PLACE = marked("You may not manage such a server, or the bot may not write there.")

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


@router.get(f"{NIGHTS}/{{login}}")
async def nights(request: Request, own: CurrentOwn, account: MaybeAccount) -> Response:
    """Offer the text channels of the servers that the person may manage; ask to sign in with Discord first."""
    values = await own.at.common("yours", with_curve=False)
    values |= {"page": own.page, "account": account, "servers": [], "night": await chosen(own)}
    if account is not None:
        values["servers"] = await servers_of(own.at.site, account)
    answer = own.at.site.renderer.page("discord_nights.html", values, headers=NEVER_KEPT)
    if account is None:
        set_cookie(answer, request, NEXT_COOKIE, own.at.known.address_name, NEXT_SECONDS)
    return answer


async def chosen(own: Own) -> object:
    """Return what the person chose before."""
    return await own.people.nights.one(own.channel_id, own.signed.user_id)


async def servers_of(site: Site, account: Account) -> list[tuple[int, str, list[TextChannel]]]:
    """Return the servers with the bot that the person may manage, with the text channels that it may write into."""
    mine = await managed(site, account)
    present = await site.discord.guilds.present(list(mine))
    found = []
    for guild_id, name in sorted(present.items(), key=lambda each: each[1].casefold()):
        places = await site.discord.guilds.places(guild_id)
        found.append((guild_id, name, [each for each in places.text_channels if each.may_post]))
    return found


async def chosen_form(request: Request, account: MaybeAccount) -> Mapping[str, str]:
    """Return the form's fields; 401 and 403 as on the other pages of Discord."""
    if account is None:
        raise HTTPException(401, _(SIGNED_OUT))
    return await form_fields(request, account.csrf)


@router.post(f"{NIGHTS}/{{login}}")
async def choose(
    own: CurrentOwn, account: MaybeAccount, fields: Annotated[Mapping[str, str], Depends(chosen_form)]
) -> Response:
    """Tell a text channel of each stream's end."""
    guild, _sign, place = fields.get("place", "").partition(":")
    servers = await servers_of(own.at.site, account) if account else []
    for guild_id, _name, channels in servers:
        if str(guild_id) == guild and place in {str(each.text_channel_id) for each in channels}:
            if not await own.people.nights.choose(own.channel_id, own.signed.user_id, guild_id, int(place)):
                break
            log.info("told of nights on Discord", channel_id=own.channel_id, user_id=own.signed.user_id)
            return RedirectResponse(f"{own.page}#discord", 303, NEVER_KEPT)
    raise HTTPException(404, _(NO_SUCH_PLACE))
