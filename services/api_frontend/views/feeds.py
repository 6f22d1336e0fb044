"""Any list as an Atom feed (RFC 4287), under the list's own parameters."""

from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request, Response

from api_frontend.data.lists.filters import Filter, from_address
from api_frontend.data.stored_moment import EPOCH, StoredMoment
from api_frontend.page_address import CURRENT
from api_frontend.views.best import page_of
from api_frontend.views.conditional import EDGE_SECONDS, SHORTLY, answer
from api_frontend.views.site import CurrentSite

MEDIA_TYPE = "application/atom+xml"
# Ids stay when the site moves to another address: they are made of what a list or a moment is, under this name.
NAMESPACE = UUID("3f0a5c9e-52a7-4c66-9d3c-5a3c1d1f7b60")

router = APIRouter(include_in_schema=False)
Wanted = Annotated[Filter, Depends(from_address)]


def lasting_id(kind: str, name: str) -> str:
    """Return an id that is the same for ever, whatever the site's address."""
    return uuid5(NAMESPACE, f"{kind}:{name}").urn


def updated_at(moments: list[StoredMoment]) -> datetime:
    """Return when the list changed last; an empty one never did."""
    return max((moment.changed_at for moment in moments), default=EPOCH)


def kept(request: Request) -> str:
    """Let everyone keep the feed for a moment; a visitor's own time zone makes it theirs alone."""
    is_their_own = "tz" in request.cookies and "tz" not in request.query_params
    return f"private, max-age={EDGE_SECONDS}" if is_their_own else SHORTLY


@router.api_route("/feed.atom", methods=["GET", "HEAD"])
async def feed(request: Request, site: CurrentSite, wanted: Wanted) -> Response:
    """List the moments for a feed reader."""
    wanted, channel = await site.channel_of(wanted)
    page = await page_of(site, wanted)
    query = wanted.query_text()
    values = {
        "moments": page.moments,
        "channel": channel,
        "wanted": wanted,
        "query": query,
        "next_query": wanted.at(page.next).query_text() if page.next else None,
        "address": CURRENT.get(),
        "feed_id": lasting_id("list", wanted.at(None).query_text()),
        "moment_id_of": lambda moment: lasting_id("moment", moment.moment_id),
        "updated_at": updated_at(page.moments),
        "entry_of": lambda moment: site.renderer.text(
            "_feed_entry.html", {"moment": moment, "address": CURRENT.get()}
        ).strip(),
    }
    return answer(request, site.renderer.text("feed.xml", values), MEDIA_TYPE, kept(request))
