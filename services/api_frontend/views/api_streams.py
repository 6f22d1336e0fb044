"""The API's streams of a channel, and the recap of one."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from pydantic import BeforeValidator

from api_frontend.data.channels import KnownChannel, PastStream
from api_frontend.data.lists.parameters import none_if_empty
from api_frontend.data.stored_moment import EPOCH
from api_frontend.middleware.errors import ERROR_ANSWERS, NOT_FOUND_ANSWER
from api_frontend.text.problems import no_channel, no_stream
from api_frontend.views.api_lists import LOGIN
from api_frontend.views.api_moments import SHARED_READING, Limit
from api_frontend.views.api_stream_models import RecapModel, StreamList, StreamModel, recap_model
from api_frontend.views.recap import StreamId
from api_frontend.views.site import CurrentSite

router = APIRouter(prefix="/api/v1", tags=["streams"], responses=ERROR_ANSWERS, dependencies=SHARED_READING)
Before = Annotated[
    Annotated[int, Query(ge=0, le=10**14)] | None,
    BeforeValidator(none_if_empty),
    Query(description="`next` of the previous page: streams that began before this"),
]


async def known_channel(site: CurrentSite, login: Annotated[str, Path(pattern=LOGIN)]) -> KnownChannel:
    """Find a channel by its login; 404 for one that is not known or has opted out."""
    known = await site.channels.named(login)
    if known is None:
        raise HTTPException(404, no_channel(login))
    return known


Known = Annotated[KnownChannel, Depends(known_channel)]


def stream_model(stream: PastStream) -> StreamModel:
    """Convert a stream of the list."""
    return StreamModel(
        id=stream.stream_id,
        title=stream.title,
        game=stream.game_name,
        language=stream.language,
        started_at=stream.started_at,
        ended_at=stream.ended_at,
        is_live=stream.is_live,
        moments=stream.moments,
        viewers_peak=stream.viewers_peak,
        viewers_mean=stream.viewers_mean,
    )


def cursor_of(at: datetime) -> int:
    """Return a time as a cursor."""
    return (at - EPOCH) // timedelta(milliseconds=1)


@router.get("/channels/{login}/streams", responses=NOT_FOUND_ANSWER)
async def streams(site: CurrentSite, known: Known, limit: Limit = 25, cursor: Before = None) -> StreamList:
    """List a channel's streams, newest first."""
    until = EPOCH + timedelta(milliseconds=cursor) if cursor is not None else None
    found = await site.channels.streams(known.channel.channel_id, until, limit + 1)
    following = cursor_of(found[limit - 1].started_at) if len(found) > limit else None
    return StreamList(items=[stream_model(each) for each in found[:limit]], next=following)


@router.get("/channels/{login}/streams/{stream_id}", responses=NOT_FOUND_ANSWER)
async def stream(site: CurrentSite, known: Known, stream_id: StreamId) -> RecapModel:
    """Return a stream's recap: its curve by the minute, its moments, what was felt, and what happened."""
    recap = await site.recaps.of(known.channel.channel_id, stream_id)
    if recap is None:
        raise HTTPException(404, no_stream())
    moments = await site.moments.by_ids(each.moment_id for each in recap.eruptions)
    return recap_model(recap, moments)
