"""Changes a server's settings by the rules of the slash commands: a form is a command, its fields are the options."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

import structlog
from fastapi import APIRouter, HTTPException, Response
from fastapi.responses import RedirectResponse
from msgspec.structs import replace

from api_frontend.reader import CURRENT
from api_frontend.rendering import NEVER_KEPT
from api_frontend.text.discord_forms import channel_options, clip_options, follow_options
from api_frontend.text.discord_message import ShownMessage
from api_frontend.translation import _, marked
from api_frontend.views.discord_previews import (
    follow_preview,
    follow_with,
    guild_previews,
    moments_preview,
    notices_preview,
    typed_follow,
    with_changes,
)
from api_frontend.views.discord_server import BOT_GONE, CurrentServer, Server, Typed, follow_page, settings_page
from api_frontend.views.discord_session import NOTICE_COOKIE, SERVERS, CheckedForm, accounts_of
from discord_notices.settings.following import added_lines, follow, removed_line, unfollow
from discord_notices.settings.options import (
    channel_changes,
    check_places,
    clip_changes,
    follow_changes,
    language_changes,
)
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import speaking
from twitch_access.errors import TwitchError

TOO_MANY = marked("You have changed very much in the last hour. Please go on later; nothing is lost.")
TWITCH_AWAY = marked("Twitch does not answer at present, so nothing was changed. Please try again in a minute.")
NO_CHANNEL = marked("Nothing is posted yet: please choose a channel for the notices.")
MOST_NOTICE = 1000  # characters; a browser takes 4,096 of a cookie

Fields = Mapping[str, str]

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)


async def change_guild(server: Server, changes: dict[str, object]) -> None:
    """Change a server's settings; 404 if it was forgotten meanwhile."""
    if await server.site.discord.guilds.change(server.guild_id, changes) is None:
        raise HTTPException(404, _(BOT_GONE))


async def save_channel(server: Server, fields: Fields) -> str:
    """Do what /setchannel does."""
    options = channel_options(fields)
    check_places(options, server.places)
    await change_guild(server, channel_changes(options))
    await server.site.discord.guilds.resume(server.guild_id)
    return _("The notices are saved.")


async def show_channel(server: Server, fields: Fields) -> list[ShownMessage]:
    """Show notices as they would be."""
    options = channel_options(fields)
    check_places(options, server.places)
    follows = await server.site.discord.follows.of(server.guild_id)
    return notices_preview(with_changes(server.guild, channel_changes(options)), follows, server.places)


async def save_clips(server: Server, fields: Fields) -> str:
    """Do what /clips does."""
    options = clip_options(fields)
    check_places(options, server.places)
    await change_guild(server, await clip_changes(server.guild, options, server.site.discord.twitch))
    return _("The moments are saved.")


async def show_clips(server: Server, fields: Fields) -> list[ShownMessage]:
    """Show posts of moments as they would be; Twitch is asked for games when they are saved."""
    options = replace(clip_options(fields), games=None)
    check_places(options, server.places)
    changes = await clip_changes(server.guild, options, None)
    follows = await server.site.discord.follows.of(server.guild_id)
    return moments_preview(with_changes(server.guild, changes), follows, server.places)


async def save_language(server: Server, fields: Fields) -> str:
    """Do what /language does."""
    await change_guild(server, language_changes(fields.get("language", "")))
    return _("The language is saved.")


async def show_language(server: Server, fields: Fields) -> list[ShownMessage]:
    """Show a notice in the language."""
    guild = with_changes(server.guild, language_changes(fields.get("language", "")))
    follows = await server.site.discord.follows.of(server.guild_id)
    return guild_previews(guild, follows, server.places)["language"]


async def save_follow(server: Server, fields: Fields) -> str:
    """Do what /addstreamer does; `of`: for somebody whom the server follows, without asking Twitch who that is."""
    desk, options = server.site.discord, follow_options(fields)
    check_places(options, server.places)
    changes = await follow_changes(server.guild, options, desk.twitch)
    if "of" in fields:
        followed = await server.followed(fields["of"])
        await desk.follows.change(server.guild_id, followed.follow.channel_id, changes)
        return _("The settings of %(name)s are saved.", name=followed.streamer.display_name)
    added = await follow(desk.follows, desk.twitch, server.guild_id, fields.get("streamers", ""), changes)
    lines = added_lines(added)
    if server.guild.text_channel_id is None and changes.get("text_channel_id") is None:
        lines.append(_(NO_CHANNEL))
    return "\n".join(lines)


async def show_follow(server: Server, fields: Fields) -> list[ShownMessage]:
    """Show the notice of somebody as it would be; Twitch is asked for names and games when they are saved."""
    options = replace(follow_options(fields), games=None)
    check_places(options, server.places)
    followed = await server.followed(fields["of"]) if "of" in fields else typed_follow(fields.get("streamers", ""))
    changes = await follow_changes(server.guild, options, None)
    return follow_preview(server.guild, follow_with(followed, changes), server.places)


async def save_removal(server: Server, fields: Fields) -> str:
    """Do what /removestreamer does."""
    return removed_line(await unfollow(server.site.discord.follows, server.guild_id, fields.get("streamer", "")))


class Command(NamedTuple):
    """What a form does when it is saved; what it shows before, where there is something to be seen."""

    save: Callable[[Server, Fields], Awaitable[str]]
    show: Callable[[Server, Fields], Awaitable[list[ShownMessage]]] | None = None


COMMANDS = {
    "setchannel": Command(save_channel, show_channel),
    "clips": Command(save_clips, show_clips),
    "language": Command(save_language, show_language),
    "addstreamer": Command(save_follow, show_follow),
    "removestreamer": Command(save_removal),
}


@router.post(f"{SERVERS}/{{guild_id}}/{{command}}")
async def send_form(command: str, form: CheckedForm, server: CurrentServer) -> Response:
    """Save a form, or show what it would do. A form that is not understood is shown again with what is wrong."""
    if (known := COMMANDS.get(command)) is None:
        raise HTTPException(404, _("There is no page at this address."))
    with speaking(CURRENT.get().language):
        if form.get("do") == "preview" and known.show is not None:
            return await preview(server, command, form, known.show)
        await count_change(server)
        try:
            notice = await known.save(server, form)
        except WrongInput as error:
            return await again(server, Typed(command=command, fields=form, problem=str(error)), 400)
        except TwitchError as error:
            log.warning("a form needs Twitch", command=command, reason=str(error))
            return await again(server, Typed(command=command, fields=form, problem=_(TWITCH_AWAY)), 503)
    log.info("settings were changed on the website", command=command, guild_id=server.guild_id)
    answer = RedirectResponse(server.page, 303, NEVER_KEPT)
    cookie = accounts_of(server.site).cookies.notice(notice[:MOST_NOTICE])
    server.set_cookie(answer, NOTICE_COOKIE, cookie)
    return answer


async def count_change(server: Server) -> None:
    """Raise 429 for a person who has changed too much."""
    wait = await server.site.discord_changes.wait_of(f"discord:{server.account.user_id}")
    if wait is not None:
        raise HTTPException(429, _(TOO_MANY), {"Retry-After": str(wait)})


async def preview(
    server: Server, command: str, fields: Fields, show: Callable[[Server, Fields], Awaitable[list[ShownMessage]]]
) -> Response:
    """Show what a form would do: the whole page, or for its script the messages alone."""
    try:
        typed = Typed(command=command, fields=fields, preview=await show(server, fields))
    except WrongInput as error:
        typed = Typed(command=command, fields=fields, problem=str(error))
    if "piece" in fields:
        piece = server.site.renderer.piece("_discord_preview.html", messages=typed.preview or [], problem=typed.problem)
        return Response(piece, media_type="text/html", headers=NEVER_KEPT)
    return await again(server, typed, 400 if typed.problem else 200)


async def again(server: Server, typed: Typed, status: int) -> Response:
    """Show the page that a form is on, with what was typed."""
    if typed.command == "addstreamer" and "of" in typed.fields:
        return await follow_page(server, await server.followed(typed.fields["of"]), typed, status)
    return await settings_page(server, typed, status=status)
