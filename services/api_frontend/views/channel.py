"""A channel's pages: its last hour, its best and newest moments, when it erupts, and its streams."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request, Response

from api_frontend.data.channels import KnownChannel
from api_frontend.data.freshness import Freshness
from api_frontend.data.lists.filters import CHANNEL_PATTERN, Filter
from api_frontend.data.stored_moment import EPOCH
from api_frontend.rendering import READER_PAGE
from api_frontend.text.live_curve import LiveCurve, draw
from api_frontend.text.problems import no_channel
from api_frontend.text.week import week_of
from api_frontend.views.conditional import piece
from api_frontend.views.site import CurrentSite, Site

NEWEST = 12  # moments; a multiple of two, three and four
BEST = 4
BY_VIEWERS = 6  # places that they alone found
STREAMS = 30  # a page
MARKED = 60  # moments of the last hour at most
LIVE_SHARED = "public, max-age=5"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Visited:
    """The channel of an address, and the site."""

    site: Site
    known: KnownChannel

    @property
    def channel_id(self) -> str:
        """The channel's id."""
        return self.known.channel.channel_id

    async def live_curve(self) -> LiveCurve | None:
        """Draw the last counted hour with its moments; None before anything was read of the channel."""
        line = await self.site.chat_lines.of(self.channel_id)
        if line is None or not line.is_known:
            return None
        recent = Filter(channel=self.known.address_name, channel_id=self.channel_id, from_at=line.from_at)
        page = await self.site.moments.page(recent, MARKED)
        return draw(line, page.moments)

    async def common(self, tab: str, *, with_curve: bool = True) -> dict[str, Any]:
        """Return what every tab shows, read after the header's freshness; the last hour is not on all of them."""
        freshness: Freshness = (await self.site.progress.read())[0]
        newest = await self.site.channels.streams(self.channel_id, None, 1)
        return {
            "freshness": freshness,
            "known": self.known,
            "channel": self.known.channel,
            "stream": newest[0] if newest else None,
            "curve": await self.live_curve() if with_curve else None,
            "own_name": self.known.address_name,
            "has_people": self.site.people is not None,
            "tab": tab,
        }


async def visited(request: Request, site: CurrentSite, login: str) -> Visited:
    """Find the channel of an address. 404 for one that has no page; an old login or an id leads to its address."""
    name = login.lower()
    known = await site.channels.named(name) if re.match(CHANNEL_PATTERN, name) else None
    if known is None:
        raise HTTPException(404, no_channel(login))
    if known.address_name != login:
        path = request.url.path.replace(f"/channels/{login}", f"/channels/{known.address_name}", 1)
        query = f"?{request.url.query}" if request.url.query else ""
        raise HTTPException(302, headers={"Location": path + query})
    return Visited(site, known)


CurrentChannel = Annotated[Visited, Depends(visited)]


@router.api_route("/channels/{login}", methods=["GET", "HEAD"])
async def channel(at: CurrentChannel) -> Response:
    """Show a channel's best and newest moments, and when it usually erupts."""
    values = await at.common("moments")
    wanted = Filter(channel=at.known.address_name, channel_id=at.channel_id)
    newest = await at.site.moments.page(wanted, NEWEST)
    is_long = newest.next is not None  # else the newest are all there are
    best = await at.site.channels.best(at.channel_id, BEST) if is_long else []
    values |= {
        "newest": newest.moments,
        "best": await at.site.moments.by_ids(best),
        "viewer_places": await at.site.viewer_places.of_channel(at.channel_id, BY_VIEWERS),
        "week": week_of(await at.site.channels.eruption_hours(at.channel_id)),
    }
    return at.site.renderer.page("channel.html", values, headers=READER_PAGE)


@router.api_route("/channels/{login}/streams", methods=["GET", "HEAD"])
async def streams(at: CurrentChannel, before: Annotated[int | None, Query(ge=0, le=10**14)] = None) -> Response:
    """Show a channel's streams, newest first. `before`: milliseconds since 1970."""
    values = await at.common("streams")
    until = EPOCH + timedelta(milliseconds=before) if before is not None else None
    found = await at.site.channels.streams(at.channel_id, until, STREAMS + 1)
    page = f"/channels/{at.known.address_name}/streams"
    more = found[STREAMS - 1].started_at if len(found) > STREAMS else None
    values |= {
        "streams": found[:STREAMS],
        "older_address": f"{page}?before={(more - EPOCH) // timedelta(milliseconds=1)}" if more else None,
        "newest_address": page if before is not None else None,
    }
    return at.site.renderer.page("channel_streams.html", values, headers=READER_PAGE)


@router.get("/channels/{login}/live")
async def live(at: CurrentChannel, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Return the piece of an open page that shows the last hour, as JSON; 304 while it is the same."""
    curve = await at.live_curve()
    html = at.site.renderer.piece("_live_curve.html", curve=curve)
    return piece(html, if_none_match, LIVE_SHARED)
