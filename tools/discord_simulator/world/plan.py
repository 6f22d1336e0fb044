"""Makes up servers as people have them: an owner, moderators, a hidden channel, a role to ping."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from discord_simulator.clock import snowflake
from discord_simulator.world.guilds import CATEGORY, TEXT, VOICE, Channel, Guild, Role
from discord_simulator.world.people import Member, User
from discord_simulator.world.permissions import EVERYONE_DEFAULT, ROLE, Overwrite, Permission

FOUNDED_AT: Final = 1_704_067_200_000  # 2024-01-01: ids of made-up servers and people follow each other from then
MEMBERS: Final = 6
MODERATOR_PERMISSIONS: Final = int(Permission.MANAGE_GUILD | Permission.MANAGE_MESSAGES | Permission.MANAGE_CHANNELS)
CHANNELS: Final = (
    ("Information", CATEGORY, ""),
    ("welcome", TEXT, "Say hello"),
    ("live", TEXT, "Who is live now"),
    ("Chat", CATEGORY, ""),
    ("general", TEXT, "Anything goes"),
    ("clips", TEXT, "The best moments"),
    ("mods", TEXT, "Moderators only"),
    ("Voice", VOICE, ""),
)


@cache
def words() -> dict[str, Any]:
    """Read the made-up names."""
    return tomllib.loads(Path(__file__).with_name("names.toml").read_text())


def made_up_ids(first_ms: int) -> Callable[[], int]:
    """Return what gives equal ids in every run, a millisecond apart so that servers spread over shards."""
    at = first_ms

    def following() -> int:
        nonlocal at
        at += 1
        return snowflake(at)

    return following


def plan_people() -> list[User]:
    """Make up the people."""
    following = made_up_ids(FOUNDED_AT)
    return [User(following(), name, shown, locale) for name, shown, locale in words()["people"]]


def server_name(number: int) -> str:
    """Return the name of the nth server: numbered once all names are used."""
    names = words()["servers"]
    again, index = divmod(number, len(names))
    return str(names[index]) if not again else f"{names[index]} {again + 1}"


def plan_guild(number: int, people: list[User], rng: Random, following: Callable[[], int]) -> Guild:
    """Make up the nth server without the bot; its owner speaks its language."""
    members = rng.sample(people, k=min(MEMBERS, len(people)))
    owner, guild_id = members[0], following()
    guild = Guild(guild_id, server_name(number), owner.user_id, owner.locale)
    moderators = Role(following(), "Moderator", MODERATOR_PERMISSIONS, position=3, color=0x3BA55D)
    pings = Role(following(), "Live pings", 0, position=2, color=0xE67E22, is_mentionable=True)
    for role in (Role(guild_id, "@everyone", EVERYONE_DEFAULT, position=0), moderators, pings):
        guild.roles[role.role_id] = role
    for place, user in enumerate(members):
        guild.members[user.user_id] = Member(user, FOUNDED_AT + place * 86_400_000)
    guild.members[members[1].user_id].give(moderators.role_id)
    guild.members[members[2].user_id].give(pings.role_id)
    plan_channels(guild, moderators.role_id, following)
    return guild


def plan_channels(guild: Guild, moderators: int, following: Callable[[], int]) -> None:
    """Make up a server's channels; only moderators see the last text channel."""
    parent = None
    for position, (name, kind, topic) in enumerate(CHANNELS):
        channel = Channel(following(), guild.guild_id, name, kind, position, parent, topic or None)
        if kind == CATEGORY:
            channel, parent = Channel(channel.channel_id, guild.guild_id, name, kind, position), channel.channel_id
        if name == "mods":
            view = int(Permission.VIEW_CHANNEL)
            channel.overwrite(Overwrite(guild.guild_id, ROLE, deny=view))
            channel.overwrite(Overwrite(moderators, ROLE, allow=view))
        guild.channels[channel.channel_id] = channel
