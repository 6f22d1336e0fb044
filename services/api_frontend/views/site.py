"""What every view needs."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, HTTPException, Request

from api_frontend.accounts.desk import DiscordDesk
from api_frontend.accounts.twitch.desk import PeopleDesk
from api_frontend.data.around import Surroundings
from api_frontend.data.catalogue import Catalogue
from api_frontend.data.channels import Channels
from api_frontend.data.chat_lines import ChatLines
from api_frontend.data.emotes.board import EmoteBoard
from api_frontend.data.emotes.channel_emotes import ChannelEmotes
from api_frontend.data.emotes.live_graphs import LiveGraphs
from api_frontend.data.freshness import Freshness
from api_frontend.data.lists.choices import Choices
from api_frontend.data.lists.filters import Filter
from api_frontend.data.live import Fanout, News
from api_frontend.data.moments import Moments, Page
from api_frontend.data.progress import PipelineProgress
from api_frontend.data.recaps.recaps import Recaps
from api_frontend.data.sitemap import Sitemap
from api_frontend.data.status import Stages
from api_frontend.data.stored_moment import Channel
from api_frontend.data.uptime.record import Uptime
from api_frontend.data.viewers.self_scores import SelfScores
from api_frontend.data.viewers.viewer_places import ViewerPlaces
from api_frontend.data.visitors import Visitors
from api_frontend.data.voices import Voices
from api_frontend.middleware.kept_answers import KeptAnswers
from api_frontend.middleware.rate_limits import Limits, RateLimits
from api_frontend.middleware.security import Clients
from api_frontend.pictures.shelf import Shelf
from api_frontend.rendering import Renderer
from api_frontend.sign_in import StreamerSignIn
from api_frontend.text.problems import no_channel


@dataclass(frozen=True, kw_only=True)
class Site:
    """The site's parts. Reading raises `PostgresAwayError` if Postgres does not answer."""

    moments: Moments
    surroundings: Surroundings
    choices: Choices
    progress: PipelineProgress
    renderer: Renderer
    fanout: Fanout
    limits: Limits
    asks: RateLimits
    reports: RateLimits
    verdicts: RateLimits
    presses: RateLimits
    voices: Voices
    visitors: Visitors
    clients: Clients
    answers: KeptAnswers
    catalogue: Catalogue
    shelf: Shelf
    sitemap: Sitemap
    stages: Stages
    uptime: Uptime
    channels: Channels
    recaps: Recaps
    viewer_places: ViewerPlaces
    self_scores: SelfScores
    chat_lines: ChatLines
    emotes: ChannelEmotes
    board: EmoteBoard
    graphs: LiveGraphs
    discord: DiscordDesk
    discord_sign_ins: RateLimits
    discord_changes: RateLimits
    channel_sign_ins: RateLimits
    channel_changes: RateLimits
    people: PeopleDesk | None  # None: the operator has not set it up, and no page says a word of it
    sign_in: StreamerSignIn | None  # None: the operator has not set it up
    contact: str

    def header_news(self, freshness: Freshness) -> News:
        """Write the header's news."""
        return News("freshness", partial(self.renderer.freshness_news, freshness), freshness=freshness)

    def changed(self) -> None:
        """Note that what is kept in memory is old."""
        self.moments.forget()
        self.answers.changed()

    def forget(self) -> None:
        """Drop what is kept in memory: something was hidden, or a channel has opted out."""
        self.moments.forget()
        self.channels.forget()
        self.chat_lines.forget()
        self.board.forget()
        self.catalogue.forget()
        self.answers.forget()

    async def channel_of(self, wanted: Filter) -> tuple[Filter, Channel | None]:
        """Return the filter with its channel looked up, and the channel; an unknown one is answered with 404."""
        if wanted.channel is None:
            return wanted, None
        known = await self.channels.named(wanted.channel)
        if known is None:
            raise HTTPException(404, no_channel(wanted.channel))
        return wanted.of(known.channel), known.channel

    async def page_of(self, wanted: Filter, most: int) -> tuple[Page, Channel | None]:
        """Return a page of moments, and the channel that was asked for; an unknown channel is answered with 404."""
        wanted, channel = await self.channel_of(wanted)
        return await self.moments.page(wanted, most), channel

    async def page_with_freshness(self, wanted: Filter, most: int) -> tuple[Page, Channel | None, Freshness, datetime]:
        """Return the page, its channel, and the header's freshness and time, which are read before the page."""
        freshness, now = await self.progress.read()
        page, channel = await self.page_of(wanted, most)
        return page, channel, freshness, now


async def of(request: Request) -> Site:
    """Return the site that this request came to."""
    site: Site = request.app.state.site
    return site


CurrentSite = Annotated[Site, Depends(of)]
