"""Streams new and changed moments to open pages as server-sent events."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Query, Request
from sse_starlette import ServerSentEvent
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api_frontend.data.emotes.live_graphs import EmoteNews
from api_frontend.data.freshness import UNREACHABLE
from api_frontend.data.lists.filters import Filter, from_address
from api_frontend.data.live import News, Subscription, TooManyPagesError, gone_news
from api_frontend.data.stored_moment import EPOCH, StoredMoment
from api_frontend.middleware.errors import error_json
from api_frontend.middleware.long_answers import KEY
from api_frontend.text.problems import no_channel
from api_frontend.translation import _
from api_frontend.views.asked_emotes import Emotes, unique
from api_frontend.views.event_stream import EventStream
from api_frontend.views.site import CurrentSite, Site
from contracts import metrics
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError

RETRY_MS = 3000  # before a browser reconnects
OVERLAP = timedelta(seconds=5)  # a change carries the time when its transaction began, and is visible when it ends
RESUME_AMONG = 200  # newest moments that a returning page is told about
BUSY_RETRY_SECONDS = 30
REACH = timedelta(minutes=15)  # what a page missed before is not told: it had better be loaded again

Fits = Callable[[StoredMoment], bool]
router = APIRouter(include_in_schema=False)


def event_id(changed_at: datetime) -> str:
    """Return the change's microseconds since 1970, which come back as Last-Event-ID."""
    return str((changed_at - EPOCH) // timedelta(microseconds=1))


def since_when(last_event_id: str | None, since: int | None) -> datetime | None:
    """Return since when the page has missed changes; None if it does not say."""
    text = last_event_id or (str(since) if since is not None else "")
    try:
        told = EPOCH + timedelta(microseconds=int(text)) - OVERLAP
    except (ValueError, OverflowError):
        return None
    return max(told, datetime.now(UTC) - REACH)


def for_pages(news: News) -> str:
    """Write the news for an open page: as it is."""
    return news.text


def as_event(news: News, write: Callable[[News], str] = for_pages) -> ServerSentEvent:
    """Encode one event."""
    id_ = event_id(news.moment.changed_at) if news.moment else None
    return ServerSentEvent(write(news), event=news.name, id=id_, retry=RETRY_MS)


async def missed(site: Site, since: datetime) -> AsyncIterator[News]:
    """Yield what changed since then among the newest moments, oldest change first."""
    for moment_id in await site.moments.hidden_since((datetime.now(UTC) - since).total_seconds()):
        yield gone_news(moment_id)
    versions = await site.moments.recent_versions(RESUME_AMONG)
    changed = sorted((found for found in versions if found.changed_at > since), key=lambda found: found.changed_at)
    for moment in await site.moments.by_ids(found.moment_id for found in changed):
        yield News("moment", partial(site.renderer.moment_news, moment), moment)


async def present(site: Site, since: datetime | None) -> AsyncIterator[News]:
    """Yield the header's line, and what the page has missed."""
    freshness = (await site.progress.read())[0]
    yield site.header_news(freshness)
    if since is not None:
        async for news in missed(site, since):
            yield news


async def stream(
    site: Site, page: Subscription, fits: Fits, since: datetime | None, write: Callable[[News], str] = for_pages
) -> AsyncGenerator[ServerSentEvent, None]:
    """Yield all that the page has missed, then all that happens."""
    try:
        async for news in present(site, since):
            if news.moment is None or fits(news.moment):
                yield as_event(news, write)
    except PostgresAwayError:  # the page shows why, reconnects later and misses nothing
        yield as_event(site.header_news(UNREACHABLE), write)
        return
    async for news in page.news():
        if news.moment is None or fits(news.moment):
            yield as_event(news, write)


class LiveLine(Response):
    """Streams events while the page has a place; refuses it if there is none."""

    def __init__(
        self,
        site: Site,
        client: str,
        fits: Fits,
        since: datetime | None,
        write: Callable[[News], str] = for_pages,
        channel_id: str | None = None,
    ) -> None:
        """`channel_id`: of a page with a graph of this channel's emotes."""
        super().__init__()
        self._site, self._client, self._fits, self._since, self._write = site, client, fits, since, write
        self._channel_id = channel_id

    def _following(self, page: Subscription) -> AbstractContextManager[None]:
        """Send the page the news of its graph too."""
        return self._site.graphs.following(self._channel_id, page) if self._channel_id else nullcontext()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            held = scope[KEY].held
            page = held.enter_context(self._site.fanout.subscription(self._client))
            held.enter_context(self._following(page))
        except TooManyPagesError as error:
            measure(metrics.LIVE_REFUSED).labels(by=error.by).inc()
            await refusal(error)(scope, receive, send)
            return
        events = stream(self._site, page, self._fits, self._since, self._write)
        await EventStream(events)(scope, receive, send)


def refusal(error: TooManyPagesError) -> Response:
    """Answer that the page will get no news, and when to ask again."""
    headers = {"Retry-After": str(BUSY_RETRY_SECONDS)}
    if error.by == "client":
        message = _("Too many live pages are open at your address. Close some, or reload this one to see what is new.")
        return error_json(429, "too_many_pages", message, headers)
    message = _("Too many live pages are open. Reload this one to see what is new.")
    return error_json(503, "too_many_pages", message, headers)


async def line_of_graph(request: Request, site: Site, channel: str, emotes: Sequence[str]) -> Response:
    """Stream the freshness, and the new seconds of some emotes of a channel. 404 for one that nobody knows."""
    known = await site.channels.named(channel)
    if known is None:
        raise HTTPException(404, no_channel(channel))
    keys = [str(key) for key in unique(emotes)]

    def write(news: News) -> str:
        return news.of(keys) if isinstance(news, EmoteNews) else for_pages(news)

    client = site.clients.of(request.scope)
    return LiveLine(site, client, lambda found: False, None, write, known.channel.channel_id)


@router.api_route("/events", methods=["GET", "HEAD"])
async def events(
    request: Request,
    site: CurrentSite,
    wanted: Annotated[Filter, Depends(from_address)],
    moment: Annotated[str | None, Query(description="only this moment; empty for the freshness alone")] = None,
    since: Annotated[int | None, Query()] = None,
    last_event_id: Annotated[str | None, Header()] = None,
    emotes: Annotated[str, Query(description="the channel of an open graph")] = "",
    emote: Emotes = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    """Stream `moment` and `freshness` events, and `emotes` of a graph; resume after Last-Event-ID."""
    if emotes:
        return await line_of_graph(request, site, emotes, emote)
    if moment == "":
        return LiveLine(site, site.clients.of(request.scope), lambda found: False, None)
    if wanted.channel:
        known = await site.channels.named(wanted.channel)
        wanted = wanted.of(known.channel if known else None)

    def fits(found: StoredMoment) -> bool:
        return moment in (None, found.moment_id) and wanted.fits(found)

    return LiveLine(site, site.clients.of(request.scope), fits, since_when(last_event_id, since))
