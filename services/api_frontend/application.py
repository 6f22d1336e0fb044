"""Builds the website: its parts, routes and middleware, and what runs beside the requests."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from api_frontend.accounts.desk import desk_of
from api_frontend.accounts.twitch.desk import people_of
from api_frontend.data.around import Surroundings
from api_frontend.data.catalogue import Catalogue
from api_frontend.data.channels import Channels
from api_frontend.data.chat_lines import ChatLines
from api_frontend.data.database import Database
from api_frontend.data.emotes.board import EmoteBoard
from api_frontend.data.emotes.channel_emotes import ChannelEmotes
from api_frontend.data.emotes.live_graphs import LiveGraphs
from api_frontend.data.emotes.pictures import Pictures
from api_frontend.data.lists.choices import Choices
from api_frontend.data.live import Fanout, Listener, Memory, Writers
from api_frontend.data.moments import Moments
from api_frontend.data.progress import PipelineProgress
from api_frontend.data.recaps.recaps import Recaps
from api_frontend.data.sitemap import Sitemap
from api_frontend.data.status import Stages
from api_frontend.data.uptime.record import Uptime
from api_frontend.data.viewers.self_scores import SelfScores
from api_frontend.data.viewers.viewer_places import ViewerPlaces
from api_frontend.data.visitors import Visitors
from api_frontend.data.voices import Voices
from api_frontend.middleware import errors
from api_frontend.middleware.addresses import Addresses
from api_frontend.middleware.kept_answers import KeptAnswers
from api_frontend.middleware.long_answers import LongAnswers
from api_frontend.middleware.methods import Methods
from api_frontend.middleware.public_address import PublicAddress
from api_frontend.middleware.rate_limits import LimitedRequests, Limits
from api_frontend.middleware.readers import Readers
from api_frontend.middleware.request_metrics import RequestMetrics
from api_frontend.middleware.revalidation import Revalidation
from api_frontend.middleware.security import Clients, SecurityHeaders
from api_frontend.middleware.write_guard import WriteGuard
from api_frontend.middleware.writing_limits import writing_limits
from api_frontend.pictures.shelf import Shelf
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings, ConsentSettings, DiscordPageSettings, RedisSettings
from api_frontend.sign_in import streamer_sign_in
from api_frontend.static_files import VersionedFiles
from api_frontend.text.links import outward
from api_frontend.views import (
    about,
    api_docs,
    api_emotes,
    api_events,
    api_lists,
    api_moments,
    api_streams,
    api_verdicts,
    best,
    channel,
    channel_emotes,
    channels,
    discord,
    discord_account,
    discord_changes,
    discord_nights,
    discord_server,
    emotes,
    events,
    feeds,
    icons,
    moment,
    now,
    opt_out,
    probes,
    recap,
    recap_exports,
    reports,
    saved,
    self_score,
    sitemap,
    social,
    status,
    uptime,
    verdicts,
    watch,
    yours,
    yours_account,
    yours_changes,
)
from api_frontend.views.description import describe
from api_frontend.views.site import Site
from contracts import metrics
from discord_notices.settings.twitch import NamesByHelix
from service_runtime.measures import measure
from twitch_access.access import open_access
from twitch_access.settings import TwitchSettings

GZIP_FROM_BYTES = 800  # smaller answers fit in one packet anyway
GZIP_LEVEL = 1  # a list takes 0.3 ms and 6.2 kB; with level 5 0.6 ms and 5.6 kB, with level 9 eight times as long
DESCRIPTION = "Moments when Twitch chat erupted, with the evidence and the clip. Newest first, paged by cursor."

log = structlog.get_logger()


@dataclass(frozen=True)
class Outside:
    """How the site reaches others than Postgres."""

    redis: RedisSettings
    twitch: TwitchSettings
    discord: DiscordPageSettings
    consent: ConsentSettings


def build(settings: ApiSettings, conninfo: str, outside: Outside, end: Callable[[], None]) -> FastAPI:
    """Build the website as an ASGI app. `end` is called if a worker beside the requests ends unexpectedly."""
    database = Database(conninfo)
    site = site_of(database, settings, outside)

    app = FastAPI(
        title="Stream Scout",
        version="1",
        description=DESCRIPTION,
        lifespan=lambda _: working(database, site, conninfo, end),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.site = site
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    add_routes(app)
    add_middleware(app, site, settings)
    return app


@asynccontextmanager
async def working(database: Database, site: Site, conninfo: str, end: Callable[[], None]) -> AsyncIterator[None]:
    """Keep open, for as long as the app runs, what works beside the requests."""
    await database.open()
    workers = [
        asyncio.create_task(listener_of(site, conninfo).run(), name="listener"),
        asyncio.create_task(site.graphs.run(), name="graphs"),
    ]
    if site.people:
        workers.append(asyncio.create_task(site.people.keeper.run(), name="consents"))
    for worker in workers:
        worker.add_done_callback(lambda task: worker_ended(task, end))
    yield
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)
    if site.discord.accounts:
        await site.discord.accounts.stop()
    site.board.close()
    site.shelf.close()
    await database.close()


def site_of(database: Database, settings: ApiSettings, outside: Outside) -> Site:
    """Put together what the views work with."""
    hidden = settings.hidden()
    moments = Moments(database, settings.keep_seconds, hidden)
    emotes = ChannelEmotes(database, pictures_of(settings), hidden)
    return Site(
        moments=moments,
        surroundings=Surroundings(database, moments),
        progress=PipelineProgress(database, settings.away_after_seconds, keep_seconds=settings.keep_seconds),
        renderer=Renderer(settings),
        fanout=Fanout(settings.live_pages),
        limits=Limits.of(settings, outside.redis),
        channels=Channels(database),
        recaps=Recaps(database, hidden),
        chat_lines=ChatLines(database),
        emotes=emotes,
        board=EmoteBoard(database, emotes),
        graphs=LiveGraphs(database, emotes),
        discord=desk_of(outside.discord, database, twitch_names(outside.twitch)),
        sign_in=streamer_sign_in(outside.twitch, settings.sign_in_return_url, settings.demo),
        people=people_of(outside.consent, outside.twitch, database, hidden, settings.demo),
        contact=settings.contact,
        **writing_limits(settings, outside.discord, outside.consent, outside.redis),
        clients=Clients(settings.trust_cloudflare, settings.networks(), trust_proxy=settings.trust_proxy),
        answers=KeptAnswers(settings.keep_seconds),
        shelf=Shelf(),
        **people_heard(database),
        **lists_of(database),
        **states(database, settings),
    )


def people_heard(database: Database) -> dict[str, Any]:
    """Build what reads what visitors said and viewers clipped, by their names in the site."""
    return {
        "voices": Voices(database),
        "visitors": Visitors(database),
        "viewer_places": ViewerPlaces(database),
        "self_scores": SelfScores(database),
    }


def states(database: Database, settings: ApiSettings) -> dict[str, Any]:
    """Build what reads how the system is and was, by their names in the site."""
    return {"stages": Stages(database, settings.away_after_seconds), "uptime": Uptime(database)}


def lists_of(database: Database) -> dict[str, Any]:
    """Build what lists choices, catalogues and pages, by their names in the site."""
    return {"choices": Choices(database), "catalogue": Catalogue(database), "sitemap": Sitemap(database)}


def twitch_names(settings: TwitchSettings) -> NamesByHelix | None:
    """Build what finds streamers and games by name; None without the application's own credentials."""
    if settings.anonymous or not settings.client_secret():
        return None
    access = open_access(settings, share=settings.share("site"))
    return NamesByHelix(access.helix) if access else None


def pictures_of(settings: ApiSettings) -> Pictures:
    """Build what knows the pictures of emotes; in a demo they come through the site."""
    return Pictures(settings.twitch_emotes_url, settings.image_sources, lambda address: outward(address, settings.demo))


def listener_of(site: Site, conninfo: str) -> Listener:
    """Build the listener that passes Postgres's notifications on to open pages."""
    return Listener(
        conninfo=conninfo,
        moments=site.moments,
        progress=site.progress,
        fanout=site.fanout,
        writers=Writers(site.renderer.moment_news, site.renderer.freshness_news),
        memory=Memory(site.changed, site.forget),
    )


def add_routes(app: FastAPI) -> None:
    """Add every page, endpoint and static file."""
    pages = (
        now,
        best,
        watch,
        moment,
        verdicts,
        reports,
        saved,
        channels,
        opt_out,
        channel,
        channel_emotes,
        recap,
        recap_exports,
        emotes,
    )
    api = (api_moments, api_verdicts, api_lists, api_emotes, api_streams, api_events, api_docs)
    bot = (discord, discord_account, discord_server, discord_changes, discord_nights)
    own = (yours_account, yours, yours_changes)
    rest = (about, status, uptime, self_score, feeds, social, icons, sitemap, events)
    for view in (*pages, *bot, *own, *rest, *api, probes):
        app.include_router(view.router)
    app.mount("/static", VersionedFiles(), name="static")


def add_middleware(app: FastAPI, site: Site, settings: ApiSettings) -> None:
    """Add what every request passes; the last one added is the outermost."""
    errors.install(app, site.renderer)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(Revalidation, answers=site.answers, notice=site.renderer.notice)
    app.add_middleware(WriteGuard, renderer=site.renderer, settings=settings)
    app.add_middleware(LimitedRequests, limits=site.limits, clients=site.clients, renderer=site.renderer)
    app.add_middleware(Readers)
    app.add_middleware(Addresses)
    app.add_middleware(Methods)
    app.add_middleware(SecurityHeaders, settings=settings)
    app.add_middleware(PublicAddress, settings=settings)
    app.add_middleware(RequestMetrics)
    app.add_middleware(LongAnswers)


def worker_ended(task: "asyncio.Task[None]", end: Callable[[], None]) -> None:
    """End the process, since a worker ended unexpectedly."""
    if task.cancelled():
        return
    measure(metrics.WORKER_FAILURES).labels(worker=task.get_name()).inc()
    log.error("worker ended unexpectedly", worker=task.get_name(), exc_info=task.exception())
    end()
