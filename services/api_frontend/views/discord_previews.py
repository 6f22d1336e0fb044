"""What a server's messages would look like with these settings."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from api_frontend.text.discord_message import ShownMessage, examples
from discord_notices.messages.examples import NOBODY, Example
from discord_notices.rules.followed import Followed
from discord_notices.rules.guild import Follow, Guild, Streamer
from discord_notices.rules.places import Places
from discord_notices.settings.typed import names_in


def guild_previews(guild: Guild, follows: Sequence[Followed], places: Places) -> dict[str, list[ShownMessage]]:
    """Return the previews of a server's forms, by command."""
    return {
        "setchannel": notices_preview(guild, follows, places),
        "clips": moments_preview(guild, follows, places),
        "language": examples(("live",), guild, example_of(follows), places),
        "addstreamer": [],
    }


def notices_preview(guild: Guild, follows: Sequence[Followed], places: Places) -> list[ShownMessage]:
    """Show a notice, and what becomes of it. What somebody has of their own is not the server's, so it is left out."""
    wanted: tuple[Example, ...] = ("live", "ended") if guild.at_end == "edit" else ("live",)
    return examples(wanted, guild, example_of(follows), places)


def moments_preview(guild: Guild, follows: Sequence[Followed], places: Places) -> list[ShownMessage]:
    """Show what is posted of a moment, and the digest; nothing where neither is."""
    wanted: list[Example] = []
    if guild.moments.is_on:
        wanted += ["moment", "clip"] if guild.moments.is_early else ["clip"]
    if guild.moments.digest == "daily" or guild.moments.digest == "weekly":
        wanted.append(guild.moments.digest)
    return examples(tuple(wanted), guild, example_of(follows), places)


def follow_preview(guild: Guild, followed: Followed, places: Places) -> list[ShownMessage]:
    """Show the notice of someone whom a server follows."""
    return examples(("live",), guild, followed, places)


def typed_follow(typed: str) -> Followed:
    """Return a follow of the first name that was typed, as it might be. Raises `WrongInput`."""
    name = names_in(typed)[0]
    login = name.login or NOBODY.login
    streamer = Streamer(channel_id=name.channel_id or "", login=login, display_name=login)
    return Followed(follow=Follow(channel_id=streamer.channel_id), streamer=streamer)


def example_of(follows: Sequence[Followed]) -> Followed | None:
    """Return somebody to show the server's own settings with."""
    if not follows:
        return None
    return replace(follows[0], follow=replace(follows[0].follow, template="", role_id=None))


def with_changes(guild: Guild, changes: dict[str, Any]) -> Guild:
    """Return a server as it would be; `changes` by the columns of its row."""
    moments = {
        "is_on": changes.get("moments_on", guild.moments.is_on),
        "is_early": changes.get("moments_early", guild.moments.is_early),
        "digest": changes.get("digest", guild.moments.digest),
    }
    own = {name: changes[name] for name in ("language", "role_id", "template", "at_end") if name in changes}
    return replace(guild, moments=replace(guild.moments, **moments), **own)


def follow_with(followed: Followed, changes: dict[str, Any]) -> Followed:
    """Return a follow as it would be."""
    own = {name: changes[name] for name in ("role_id", "template") if name in changes}
    return replace(followed, follow=replace(followed.follow, **own))
