"""What a page shows of a message."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from discord_notices.markup import Names, bare_links, render, render_inline
from discord_simulator.messages.drafts import SUPPRESS_EMBEDS
from discord_simulator.messages.message import Message
from discord_simulator.world.guilds import Guild


def names_of(guild: Guild, now_ms: int) -> Names:
    """Return what mentions are called in a server."""
    return Names(
        users={number: member.shown_name() for number, member in guild.members.items()},
        roles={role.role_id: role.name for role in guild.roles.values()},
        channels={channel.channel_id: channel.name for channel in guild.channels.values()},
        now=now_ms / 1000,
    )


def clock_time(at: int) -> str:
    """Format a time (ms since 1970) for people, in UTC."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%d %b %H:%M:%S UTC")


def embed_row(embed: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return what is shown of an embed."""
    color, timestamp, title = embed.get("color"), embed.get("timestamp"), embed.get("title", "")
    return embed | {
        "bar": f"#{color:06x}" if color is not None else "",
        "title_html": escape(title) if embed.get("url") else render_inline(title, names),
        "description_html": render(embed.get("description", ""), names),
        "field_rows": [
            {"name": render_inline(str(field["name"]), names), "value": render(str(field["value"]), names),
             "inline": bool(field.get("inline"))}
            for field in embed.get("fields", [])
        ],
        "time": str(timestamp)[:16].replace("T", " ") + " UTC" if timestamp else "",
    }  # fmt: skip


def preview_row(url: str) -> dict[str, str]:
    """Return what stands for the embed that Discord makes of a link."""
    parts = urlsplit(url)
    return {"url": url, "host": parts.hostname or "", "path": parts.path}


def pings(message: Message, guild: Guild, viewer_id: int) -> bool:
    """Return whether a message pings a member."""
    named, roles = message.mentions, guild.members[viewer_id].role_ids
    return named.is_everyone or viewer_id in named.users or any(role_id in named.roles for role_id in roles)


def message_row(message: Message, guild: Guild, names: Names, viewer_id: int) -> dict[str, Any]:
    """Return what is shown of a message to a member."""
    member = guild.members.get(message.author.user_id)
    roles = [guild.roles[each] for each in (member.role_ids if member else []) if each in guild.roles]
    highest = max((role for role in roles if role.color), key=lambda role: role.position, default=None)
    by = message.interaction["user"]["global_name"] if message.interaction else ""
    links = [] if message.flags & SUPPRESS_EMBEDS else bare_links(message.content)
    return {
        "id": str(message.message_id),
        "author": member.shown_name() if member else message.author.shown_name,
        "color": f"#{highest.color:06x}" if highest else "",
        "is_bot": message.author.is_bot,
        "at": clock_time(message.sent_at),
        "is_edited": message.edited_at is not None,
        "is_ephemeral": message.is_ephemeral,
        "is_loading": message.is_loading,
        "used": (message.interaction or {}).get("name", ""),
        "used_by": by,
        "content": render(message.content, names) if message.content else Markup(""),
        "previews": [preview_row(url) for url in links],
        "embeds": [embed_row(embed, names) for embed in message.shown_embeds()],
        "files": [
            {"name": each.file.name, "url": each.url, "is_picture": picture_type(each.file.content) is not None}
            for each in message.attachments
            if not any(each.url in (embed.get("image", {}).get("url"), embed.get("thumbnail", {}).get("url"))
                       for embed in message.shown_embeds())
        ],
        "components": message.components,
        "pings": pings(message, guild, viewer_id),
    }  # fmt: skip


def picture_type(content: bytes) -> str | None:
    """Return the type of a picture that a browser may show, by its first bytes."""
    for beginning, kind in (
        (b"\x89PNG\r\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
    ):
        if content.startswith(beginning):
            return kind
    return "image/webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None
