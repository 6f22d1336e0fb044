"""The API's channels, games and search."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BeforeValidator

from api_frontend.data.catalogue import ListedChannel
from api_frontend.data.lists.filters import MOST_ITEMS, Filter
from api_frontend.data.lists.parameters import none_if_empty
from api_frontend.data.lists.words import MOST_CHARACTERS
from api_frontend.middleware.errors import ERROR_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.translation import _
from api_frontend.views.api_list_models import ChannelList, GameList, GameModel, ListedChannelModel, SearchModel
from api_frontend.views.api_models import page_model
from api_frontend.views.api_moments import SHARED_READING, Limit
from api_frontend.views.site import CurrentSite

LOGIN = r"^[a-z0-9_]{1,40}$"
FEW = 5  # channels and games that a search returns
Word = Annotated[
    str,
    Query(
        min_length=1,
        max_length=MOST_CHARACTERS,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="words of a stream's title, its channel or its game; the last may be unfinished",
        examples=["elden ri"],
    ),
]
After = Annotated[
    Annotated[str, Query(pattern=LOGIN)] | None,
    BeforeValidator(none_if_empty),
    Query(description="`next` of the previous page"),
]

router = APIRouter(prefix="/api/v1", responses=ERROR_ANSWERS, dependencies=SHARED_READING)


def channel_item(channel: ListedChannel) -> ListedChannelModel:
    """Convert a channel."""
    return ListedChannelModel(id=channel.channel_id, **{name: getattr(channel, name) for name in SAME_NAMES})


SAME_NAMES = ("login", "display_name", "last_moment_at", "moments")


@router.get("/channels", tags=["channels"])
async def channels(site: CurrentSite, limit: Limit = 25, cursor: After = None) -> ChannelList:
    """List the watched channels by their logins."""
    found = await site.catalogue.channels(limit + 1, after=cursor or "")
    following = found[limit - 1].login if len(found) > limit else None
    return ChannelList(items=[channel_item(each) for each in found[:limit]], next=following)


@router.get("/channels/{login}", tags=["channels"], responses=NOT_FOUND_ANSWER)
async def channel(site: CurrentSite, login: Annotated[str, Path(pattern=LOGIN)]) -> ListedChannelModel:
    """Return one watched channel."""
    found = await site.catalogue.channels(1, only=login)
    if not found:
        raise HTTPException(404, _("This channel is not watched."))
    return channel_item(found[0])


@router.get("/games", tags=["games"])
async def games(site: CurrentSite, limit: Annotated[int, Query(ge=1, le=MOST_ITEMS)] = 25) -> GameList:
    """List the games and categories with the most moments in the last seven days."""
    return GameList(items=[GameModel(**vars(each)) for each in await site.catalogue.games(limit)])


@router.get("/search", tags=["search"])
async def search(site: CurrentSite, q: Word, limit: Limit = 25) -> SearchModel:
    """Find channels and games by the beginning of their names, and moments by the words of their streams."""
    text = q.strip().lower()
    found = await site.catalogue.channels(FEW, prefix=text) if text else []
    known = [name for name in (await site.choices.read()).games if name.lower().startswith(text)] if text else []
    page = (await site.page_of(Filter(search=q), limit))[0] if text else None
    moments = page_model(page).items if page else []
    return SearchModel(channels=[channel_item(each) for each in found], games=known[:FEW], moments=moments)
