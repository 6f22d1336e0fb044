"""The emotes that are used most over all channels, now and today."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from api_frontend.rendering import BY_READER, READER_PAGE
from api_frontend.views.conditional import piece
from api_frontend.views.site import CurrentSite, Site

MOST_SHOWN = 12  # on a phone the lists stand one below the other

router = APIRouter(include_in_schema=False)


async def board_values(site: Site) -> dict[str, Any]:
    """Return what the lists show."""
    board = await site.board.read()
    return {"board": board, "now": board.now[:MOST_SHOWN], "today": board.today[:MOST_SHOWN]}


@router.api_route("/emotes", methods=["GET", "HEAD"])
async def emotes(site: CurrentSite) -> Response:
    """Show the lists."""
    freshness = (await site.progress.read())[0]
    values = {"freshness": freshness} | await board_values(site)
    return site.renderer.page("emotes.html", values, headers=READER_PAGE)


@router.get("/emotes/live")
async def live(site: CurrentSite, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Return the lists alone for an open page, as JSON; 304 while they are the same."""
    html = site.renderer.piece("_emote_board.html", **await board_values(site))
    return piece(html, if_none_match, BY_READER)
