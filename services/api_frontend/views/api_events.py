"""The API's live line: the events of open pages, as JSON for programs."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from api_frontend.data.lists.filters import Filter, from_address
from api_frontend.data.live import News
from api_frontend.middleware.errors import ERROR_ANSWERS, LIST_ANSWERS
from api_frontend.views.api_models import MomentModel, summary
from api_frontend.views.events import LiveLine, since_when
from api_frontend.views.known_parameters import only_known
from api_frontend.views.language_parameter import language
from api_frontend.views.site import CurrentSite

EXAMPLE = (
    'retry: 3000\r\nid: 1795367000000000\r\nevent: moment\r\ndata: {"id": "…", "revision": 1, "clip": null}\r\n\r\n'
)
STREAM: dict[str, Any] = {
    "description": "`moment`: a moment as in the list, for each change of it or its clip; `gone`: the `id` of one that "
    "was removed; `freshness`: `state` and `at` of the data, every few seconds",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE}},
}

READING = [Depends(only_known), Depends(language)]
router = APIRouter(prefix="/api/v1", tags=["live"], responses=ERROR_ANSWERS, dependencies=READING)


def text_of(news: News) -> str:
    """Write the news for a program."""
    if news.moment is not None:
        return str(MomentModel.model_validate(summary(news.moment)).model_dump_json())
    if news.freshness is not None:
        at = news.freshness.at
        return json.dumps({"state": news.freshness.state, "at": at.isoformat() if at else None})
    return news.text


@router.head("/events", include_in_schema=False)
@router.get("/events", responses=LIST_ANSWERS | {200: STREAM}, response_class=Response)
async def events(
    request: Request,
    site: CurrentSite,
    wanted: Annotated[Filter, Depends(from_address)],
    since: Annotated[int | None, Query(ge=0, le=2**53, description="as Last-Event-ID, if you cannot send it")] = None,
    last_event_id: Annotated[
        str | None, Header(description="the last event's `id`: you are told what you missed in up to 15 minutes")
    ] = None,
) -> Response:
    """Stream new and changed moments as server-sent events."""
    wanted, _ = await site.channel_of(wanted)
    reach = since_when(last_event_id, since)
    return LiveLine(site, site.clients.of(request.scope), wanted.fits, reach, write=text_of)
