"""The open page's line to the server: new and changed moments as server-sent events."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from api_frontend.data.cursor import EPOCH
from api_frontend.data.filters import Filter, from_address
from api_frontend.data.freshness import UNREACHABLE
from api_frontend.data.live import News, Subscription
from api_frontend.data.moments import Channel, StoredMoment
from api_frontend.middleware.errors import error_json
from api_frontend.views.site import Site, SiteHere
from service_runtime.postgres import PostgresAwayError

RETRY_MS = 3000  # after which a browser comes back
OVERLAP = timedelta(seconds=5)  # a change is stamped when its transaction begins and seen when it ends
RESUME_AMONG = 200  # newest moments that a returning page is told of
BUSY_RETRY_SECONDS = 30

router = APIRouter(include_in_schema=False)


def event_id(changed_at: datetime) -> str:
    """Microseconds since 1970 of the change: what Last-Event-ID brings back."""
    return str((changed_at - EPOCH) // timedelta(microseconds=1))


def since_when(last_event_id: str | None, since: int | None) -> datetime | None:
    """From when on the page has missed changes; None where it does not say."""
    text = last_event_id or (str(since) if since is not None else "")
    try:
        return EPOCH + timedelta(microseconds=int(text)) - OVERLAP
    except (ValueError, OverflowError):
        return None


def belongs(moment: StoredMoment, wanted: Filter, channel: Channel | None) -> bool:
    """Whether the moment is one that the page shows."""
    if wanted.channel is not None and (channel is None or moment.channel.channel_id != channel.channel_id):
        return False
    if moment.shadow != wanted.shadow:
        return False
    if wanted.mood is not None and moment.mood != wanted.mood:
        return False
    if wanted.cause is not None and moment.causes[:1] != [wanted.cause]:
        return False
    if wanted.clips_only and (moment.clip is None or moment.clip.status != "made"):
        return False
    return wanted.from_at is None or moment.crossed_at >= wanted.from_at


def as_event(news: News) -> ServerSentEvent:
    """One event on the wire."""
    id_ = event_id(news.moment.changed_at) if news.moment else None
    return ServerSentEvent(news.text, event=news.name, id=id_, retry=RETRY_MS)


async def missed(site: Site, since: datetime) -> AsyncIterator[News]:
    """What changed since then among the newest moments, oldest change first."""
    versions = await site.moments.recent_versions(RESUME_AMONG)
    changed = sorted((found for found in versions if found.changed_at > since), key=lambda found: found.changed_at)
    for moment in await site.moments.by_ids(found.moment_id for found in changed):
        yield News("moment", site.renderer.moment_news(moment), moment)


async def present(site: Site, since: datetime | None) -> AsyncIterator[News]:
    """How things stand: the header's line, and what the page has missed."""
    freshness, _ = await site.progress.read()
    yield News("freshness", site.renderer.freshness_news(freshness))
    if since is not None:
        async for news in missed(site, since):
            yield news


async def stream(
    site: Site, page: Subscription, wanted: Filter, channel: Channel | None, since: datetime | None
) -> AsyncIterator[ServerSentEvent]:
    """Everything that the page has missed, then everything that happens."""
    try:
        async for news in present(site, since):
            if news.moment is None or belongs(news.moment, wanted, channel):
                yield as_event(news)
    except PostgresAwayError:  # the page hears why, comes back in a while and misses nothing
        yield as_event(News("freshness", site.renderer.freshness_news(UNREACHABLE)))
        return
    async for news in page.news():
        if news.moment is None or belongs(news.moment, wanted, channel):
            yield as_event(news)


@router.get("/events")
async def events(
    site: SiteHere,
    wanted: Annotated[Filter, Depends(from_address)],
    since: Annotated[int | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """A stream of `moment` and `freshness` events; resumes after Last-Event-ID."""
    channel = await site.moments.channel_named(wanted.channel) if wanted.channel else None

    async def told() -> AsyncIterator[ServerSentEvent]:
        with site.fanout.subscription() as page:
            async for event in stream(site, page, wanted, channel, since_when(last_event_id, since)):
                yield event

    if site.fanout.is_full():
        headers = {"Retry-After": str(BUSY_RETRY_SECONDS)}
        return error_json(503, "too_many_pages", "Too many pages are open; this one stays as it is.", headers)
    return EventSourceResponse(told())
