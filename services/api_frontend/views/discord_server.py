"""The page of a server's settings: only for people who may manage it, and only while the bot is in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request, Response

from api_frontend.accounts.accounts import Account
from api_frontend.accounts.cookies import NOTICE_SECONDS
from api_frontend.reader import CURRENT
from api_frontend.rendering import NEVER_KEPT
from api_frontend.text.discord_forms import channel_choices, fixed_choices, follow_fields, guild_fields, role_choices
from api_frontend.text.discord_message import ShownMessage, said
from api_frontend.translation import _, marked
from api_frontend.views.discord_previews import follow_preview, guild_previews
from api_frontend.views.discord_session import (
    NOTICE_COOKIE,
    SERVERS,
    CurrentAccount,
    accounts_of,
    managed,
    set_cookie,
    without_cookie,
)
from api_frontend.views.site import CurrentSite, Site
from discord_notices.messages.problems import paused_words
from discord_notices.messages.template import FIELDS
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import MOST_PER_HOUR, MOST_TEMPLATE, Guild
from discord_notices.rules.places import Places, Role, TextChannel
from discord_notices.wording import _ as bot_says
from discord_notices.wording import speaking

NOT_YOURS = marked("You may not manage a server of this address, or there is none.")
BOT_GONE = marked("The bot is not in this server any more. Its settings are kept for 90 days; add the bot to go on.")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server that the person may manage, with what there is to choose from."""

    request: Request
    site: Site
    account: Account
    guild: Guild
    places: Places

    @property
    def guild_id(self) -> int:
        """The one server that a request reads and changes."""
        return self.guild.guild_id

    @property
    def page(self) -> str:
        """The address of its settings."""
        return f"{SERVERS}/{self.guild_id}"

    def set_cookie(self, answer: Response, name: str, value: str) -> None:
        """Give the browser a cookie that its next page reads."""
        set_cookie(answer, self.request, name, value, NOTICE_SECONDS)

    async def followed(self, channel_id: str) -> Followed:
        """Return whom it follows; 404 for anybody else."""
        found = await self.site.discord.follows.of(self.guild_id)
        wanted = next((each for each in found if each.follow.channel_id == channel_id), None)
        if wanted is None:
            raise HTTPException(404, _("This server does not follow that streamer (any more)."))
        return wanted


async def current_server(
    request: Request, site: CurrentSite, account: CurrentAccount, guild_id: Annotated[str, Path(max_length=20)]
) -> Server:
    """Find the server of an address. 404 for one that the person may not manage: whether it exists is not said."""
    mine = await managed(site, account)
    number = int(guild_id) if guild_id.isascii() and guild_id.isdecimal() else -1
    if number not in mine:
        raise HTTPException(404, _(NOT_YOURS))
    guilds = site.discord.guilds
    guild = await guilds.one(number)
    if guild is None or number not in await guilds.present([number]):
        raise HTTPException(404, _(BOT_GONE))
    return Server(request=request, site=site, account=account, guild=guild, places=await guilds.places(number))


CurrentServer = Annotated[Server, Depends(current_server)]


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form that was sent and not saved: shown again as it was, with its preview or what is wrong with it."""

    command: str
    fields: Mapping[str, str]
    preview: list[ShownMessage] | None = None
    problem: str = ""


@router.get(f"{SERVERS}/{{guild_id}}")
async def show(request: Request, server: CurrentServer) -> Response:
    """Show all settings of a server."""
    cookies = accounts_of(server.site).cookies
    notice = cookies.read_notice(request.cookies.get(NOTICE_COOKIE))
    return without_cookie(await settings_page(server, notice=notice), NOTICE_COOKIE)


async def settings_page(server: Server, typed: Typed | None = None, notice: str = "", status: int = 200) -> Response:
    """Render the page of all settings."""
    follows = await server.site.discord.follows.of(server.guild_id)
    pauses = await server.site.discord.guilds.pauses(server.guild_id)
    fields, previews = guild_fields(server.guild), guild_previews(server.guild, follows, server.places)
    if typed is not None and typed.command in fields:
        fields[typed.command] = fields[typed.command] | dict(typed.fields)
        previews[typed.command] = typed.preview if typed.preview is not None else previews[typed.command]
    values = common_values(server) | {
        "forms": fields,
        "previews": previews,
        "typed": typed,
        "follows": follows,
        "pauses": [(channel_name(server.places, each.text_channel_id), each.reason) for each in pauses],
        "paused_words": said_by_bot(paused_words),
        "notice": said(notice),
    }
    return server.site.renderer.page("discord_server.html", values, status, NEVER_KEPT)


async def follow_page(server: Server, followed: Followed, typed: Typed | None = None, status: int = 200) -> Response:
    """Render the page of someone whom a server follows."""
    fields = follow_fields(followed) | dict(typed.fields if typed else {})
    preview = (
        typed.preview if typed and typed.preview is not None else follow_preview(server.guild, followed, server.places)
    )
    values = common_values(server) | {
        "followed": followed,
        "forms": {"addstreamer": fields},
        "previews": {"addstreamer": preview or follow_preview(server.guild, followed, server.places)},
        "typed": typed,
    }
    return server.site.renderer.page("discord_streamer.html", values, status, NEVER_KEPT)


@router.get(f"{SERVERS}/{{guild_id}}/streamers/{{channel_id}}")
async def streamer(server: CurrentServer, channel_id: Annotated[str, Path(max_length=20)]) -> Response:
    """Show what a server has set for someone whom it follows."""
    return await follow_page(server, await server.followed(channel_id))


def common_values(server: Server) -> dict[str, Any]:
    """Return what both pages need."""
    guild, places = server.guild, server.places
    own = places.channel(guild.text_channel_id)
    elsewhere = without_own(places, guild.text_channel_id)
    role = places.role(guild.role_id)
    with speaking(CURRENT.get().language):
        meanings = {name: bot_says(text) for name, text in FIELDS.items()}
    return {
        "server": server,
        "account": server.account,
        "fixed": fixed_choices(guild),
        "channels": lambda chosen: channel_choices(places, _("Please choose"), chosen)[bool(chosen) :],
        "other_channels": lambda chosen: channel_choices(elsewhere, as_the_server("#", own), chosen),
        "roles": lambda chosen: role_choices(places, _("Nobody"), chosen),
        "other_roles": lambda chosen: role_choices(places, as_the_server("@", role), chosen),
        "field_meanings": meanings,
        "most_template": MOST_TEMPLATE,
        "most_per_hour": MOST_PER_HOUR,
    }


def as_the_server(sign: str, own: TextChannel | Role | None) -> str:
    """Say the entry of a list that stands for the server's own choice."""
    return _("As the server: %(name)s", name=sign + own.name) if own else _("As the server")


def said_by_bot(say: Callable[[str], str]) -> Callable[[str], str]:
    """Return what says the bot's own words in the reader's language."""

    def spoken(code: str) -> str:
        with speaking(CURRENT.get().language):
            return say(code)

    return spoken


def without_own(places: Places, text_channel_id: int | None) -> Places:
    """Return the places without the server's own channel, which the first entry of a list stands for."""
    return Places(
        text_channels=tuple(each for each in places.text_channels if each.text_channel_id != text_channel_id),
        roles=places.roles,
    )


def channel_name(places: Places, text_channel_id: int) -> str:
    """Name a text channel; one that is gone as such."""
    found = places.channel(text_channel_id)
    return f"#{found.name}" if found else _("A channel that was deleted, or that the bot does not see")
