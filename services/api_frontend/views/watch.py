"""The viewing mode: the clips of any list, one after another.

A batch is a page of the list, so that nothing is shown twice while new moments arrive. `back` has the cursors of the
batches before, for the way back.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response

from api_frontend.data.lists import cursor as cursors
from api_frontend.data.lists.filters import Filter, cursor_of
from api_frontend.data.moments import Page
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.rendering import NEVER_KEPT, READER_PAGE
from api_frontend.views.best import address as list_address
from api_frontend.views.best import page_of, wanted_here, with_query
from api_frontend.views.moment import ID_LENGTH_LIMIT, visible
from api_frontend.views.saved import shown
from api_frontend.views.site import CurrentSite, Site
from api_frontend.views.verdicts import Token

PATH = "/watch"
MOST_BACK = 10  # batches that an address leads back to
BACK = rf"^({cursors.PATTERN[1:-1]}\.){{0,{MOST_BACK - 1}}}{cursors.PATTERN[1:-1]}$"
OWN_LIST = "saved"

router = APIRouter(include_in_schema=False)
MomentId = Annotated[str, Query(max_length=ID_LENGTH_LIMIT)]
Back = Annotated[str | None, Query(pattern=BACK)]


@dataclass(frozen=True)
class Reel:
    """The clips of a batch, and the addresses of the batches beside it. `query`: of this batch."""

    moments: list[StoredMoment]
    query: str
    before: str | None = None
    after: str | None = None

    def address_of(self, moment: StoredMoment) -> str:
        """Return where a clip of this batch is watched."""
        return with_query(
            PATH, "&".join(each for each in (self.query, urlencode({"moment": moment.moment_id})) if each)
        )

    def neighbours(self, moment: StoredMoment) -> tuple[str | None, str | None]:
        """Return where the clips before and after this one are; one that left the batch is followed by its first."""
        addresses = [self.address_of(each) for each in self.moments]
        ids = [each.moment_id for each in self.moments]
        if moment.moment_id not in ids:
            return self.before, addresses[0] if addresses else self.after
        here = ids.index(moment.moment_id)
        previous = addresses[here - 1] if here else self.before
        return previous, addresses[here + 1] if here + 1 < len(ids) else self.after


def batch_query(wanted: Filter, back: list[str], **more: str) -> str:
    """Write the query of a batch."""
    told = {"back": ".".join(back[-MOST_BACK:])} if back else {}
    return "&".join(each for each in (wanted.query_text(), urlencode(told | more)) if each)


def before_this(wanted: Filter, back: list[str]) -> str | None:
    """Return the address of the last clip of the batch before; None for the first batch."""
    if wanted.after is None:
        return None
    at = cursor_of(back[-1], wanted.order) if back else None
    return with_query(PATH, batch_query(wanted.at(at), back[:-1], end="1"))


def after_this(wanted: Filter, back: list[str], page: Page) -> str | None:
    """Return the address of the batch after; None for the last one."""
    if page.next is None:
        return None
    here = cursors.encode(wanted.after) if wanted.after else None
    return with_query(PATH, batch_query(wanted.at(page.next), [*back, here] if here else back))


async def own_reel(site: Site, token: str | None) -> Reel:
    """Return the clips that the visitor saved."""
    visitor = await site.visitors.visitor(token)
    found = await shown(site, await site.voices.saved(visitor)) if visitor else []
    return Reel([each for each in found if each.has_clip], urlencode({"list": OWN_LIST}))


async def reel_of(site: Site, wanted: Filter, back: list[str]) -> Reel:
    """Return the clips of a batch of the list."""
    page = await page_of(site, replace(wanted, clips_only=True))
    clips = [each for each in page.moments if each.has_clip]
    return Reel(clips, batch_query(wanted, back), before_this(wanted, back), after_this(wanted, back, page))


async def chosen(site: Site, reel: Reel, moment_id: str, from_end: bool) -> StoredMoment | None:
    """Return the clip that the address asks for; the first or last of the batch where it names none that there is."""
    for each in reel.moments:
        if each.moment_id == moment_id:
            return each
    named = await visible(site, moment_id, shadow=False) if moment_id else None
    if named is not None and named.has_clip:
        return named
    return next(iter(reversed(reel.moments) if from_end else reel.moments), None)


@router.api_route(PATH, methods=["GET", "HEAD"])
async def watch(
    site: CurrentSite,
    wanted: Annotated[Filter, Depends(wanted_here)],
    moment: MomentId = "",
    back: Back = None,
    end: bool = False,
    list_name: Annotated[Literal["saved"] | None, Query(alias="list")] = None,
    voice: Token = None,
) -> Response:
    """Show one clip of the list, with the ways to the next and the previous one."""
    freshness, _ = await site.progress.read()
    plain = replace(wanted, shadow=False)
    if list_name:
        reel, leave = await own_reel(site, voice), "/saved"
    else:
        of_list, _ = await site.channel_of(plain)
        reel, leave = await reel_of(site, of_list, back.split(".") if back else []), list_address(plain)
    found = await chosen(site, reel, moment, end)
    previous, following = reel.neighbours(found) if found else (reel.before, reel.after)
    values = {
        "moment": found,
        "reel": reel,
        "previous_address": previous,
        "next_address": following,
        "leave_address": leave,
        "freshness": freshness,
    }
    return site.renderer.page("watch.html", values, headers=NEVER_KEPT if list_name else READER_PAGE)
