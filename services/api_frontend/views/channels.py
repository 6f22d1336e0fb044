"""The list of watched channels, live ones first, and the request that a channel be watched."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Query, Request, Response
from fastapi.responses import RedirectResponse

from api_frontend.rendering import READER_PAGE
from api_frontend.translation import _, marked
from api_frontend.views.site import CurrentSite, Site
from contracts.channel_names import ChannelName, parse_channel

PAGE_SIZE = 48  # fills rows of one, two, three and four
LONGEST_TEXT = 100  # characters; an address of a channel is shorter
MOST_PAGES = 10_000
HOW_TO_NAME = marked("That is not a Twitch channel. Type its name as in twitch.tv/name, or paste its address.")
FULL = marked("The list of requests is full just now. Please try again in a few days.")
TOO_MANY = marked("You have asked for many channels in a short time. Please try again in an hour.")

router = APIRouter(include_in_schema=False)
Search = Annotated[str, Query(max_length=LONGEST_TEXT)]
PageNumber = Annotated[int, Query(ge=1, le=MOST_PAGES)]


def address(text: str, page: int) -> str:
    """Write the address of a page of the list."""
    query = {"q": text} if text else {}
    query |= {"page": str(page)} if page > 1 else {}
    return f"/channels?{urlencode(query)}" if query else "/channels"


async def show(site: Site, text: str = "", page: int = 1, status: int = 200, **told: str) -> Response:
    """Show a page of the channels that match the text. `told`: what became of a request."""
    freshness = (await site.progress.read())[0]
    board = await site.channels.watched()
    wanted = " ".join(text.lower().split())
    found = [channel for channel in board if channel.matches(wanted)] if wanted else board
    pages = max(1, -(-len(found) // PAGE_SIZE))
    if page > pages:
        raise HTTPException(404, _("The list of channels is not that long."))
    shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    values = {
        "freshness": freshness,
        "channels": shown,
        "lines": await site.chat_lines.sparks([channel.channel_id for channel in shown]),
        "found": len(found),
        "watched": len(board),
        "live": sum(channel.is_live for channel in found),
        "text": text.strip(),
        "page": page,
        "pages": pages,
        "before_address": address(text, page - 1) if page > 1 else None,
        "after_address": address(text, page + 1) if page < pages else None,
        "asked_for": told.get("asked_for", ""),
        "problem": told.get("problem", ""),
        "typed": told.get("typed", ""),
    }
    return site.renderer.page("channels.html", values, status, READER_PAGE if status == 200 else None)


@router.api_route("/channels", methods=["GET", "HEAD"])
async def channels(site: CurrentSite, q: Search = "", page: PageNumber = 1, asked: Search = "") -> Response:
    """Show who is watched."""
    return await show(site, q, page, asked_for=str(name_in(asked) or ""))


def name_in(text: str) -> ChannelName | None:
    """Read a channel in any form in which people copy it; None if it is none."""
    try:
        return parse_channel(text)
    except ValueError:
        return None


@router.post("/channels/ask")
async def ask(request: Request, site: CurrentSite, channel: Annotated[str, Form()] = "") -> Response:
    """Put a channel on the operator's list; who asked is not stored."""
    name = name_in(channel[: 2 * LONGEST_TEXT])
    if name is None:
        return await show(site, status=422, problem=_(HOW_TO_NAME), typed=channel[:LONGEST_TEXT])
    if (wait := await site.asks.wait_of(site.clients.of(request.scope))) is not None:
        answer = await show(site, status=429, problem=_(TOO_MANY), typed=channel[:LONGEST_TEXT])
        answer.headers["Retry-After"] = str(wait)
        return answer
    known = await site.channels.named(name.login or name.channel_id)
    if known is not None and known.is_watched:
        return RedirectResponse(f"/channels/{known.address_name}", 303)
    if not await site.channels.ask_for(name):
        return await show(site, status=503, problem=_(FULL), typed=channel[:LONGEST_TEXT])
    return RedirectResponse(f"/channels?{urlencode({'asked': str(name)})}#ask", 303)
