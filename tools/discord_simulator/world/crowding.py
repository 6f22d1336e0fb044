"""Fills servers up to the size of those that people have: 30 to 100 channels, 20 roles, 50 emojis."""

from collections.abc import Callable
from random import Random
from typing import Any, Final

from discord_simulator.world.guilds import CATEGORY, TEXT, VOICE, Channel, Guild, Role
from discord_simulator.world.permissions import EVERYONE_DEFAULT, ROLE, Overwrite, Permission
from discord_simulator.world.plan import words

CHANNELS: Final = (30, 100)  # least and most
ROLES: Final = 20
EMOJIS: Final = 50  # as many as a server without boosts may have
IN_A_CATEGORY: Final = 8
VOICE_SHARE: Final = 0.25
OVERWRITES: Final = (1, 4)


def crowd(guild: Guild, rng: Random, following: Callable[[], int]) -> None:
    """Add roles, channels and emojis to a server. `following`: gives the next id."""
    while len(guild.roles) < ROLES:
        role = Role(following(), name(rng), EVERYONE_DEFAULT, len(guild.roles), rng.randrange(1 << 24))
        guild.roles[role.role_id] = role
    roles, parent = list(guild.roles), None
    for position in range(len(guild.channels), rng.randint(*CHANNELS)):
        channel = made_channel(guild.guild_id, position, parent, rng, following)
        parent = channel.channel_id if channel.kind == CATEGORY else parent
        for role_id in rng.sample(roles, rng.randint(*OVERWRITES)):
            may_see = role_id != guild.guild_id  # everybody sees what no role is asked for
            channel.overwrite(
                Overwrite(role_id, ROLE, allow=int(Permission.VIEW_CHANNEL) if may_see else 0, deny=1 << 13)
            )
        guild.channels[channel.channel_id] = channel
    guild.emojis.extend(emoji(following(), name(rng), rng) for _ in range(EMOJIS))


def name(rng: Random) -> str:
    """Return a made-up name."""
    return "-".join(rng.sample(words()["topics"], 2))


def made_channel(
    guild_id: int, position: int, parent_id: int | None, rng: Random, following: Callable[[], int]
) -> Channel:
    """Make up a channel, now and then a category, of which the next ones are part."""
    if position % (IN_A_CATEGORY + 1) == 0:
        return Channel(following(), guild_id, name(rng).title(), CATEGORY, position)
    kind = VOICE if rng.random() < VOICE_SHARE else TEXT
    topic = " ".join(rng.choices(words()["topics"], k=12)) if kind == TEXT else None
    return Channel(following(), guild_id, name(rng), kind, position, parent_id, topic, last_message_id=following())


def emoji(emoji_id: int, emoji_name: str, rng: Random) -> dict[str, Any]:
    """Return an emoji as REST and gateway show it."""
    return {
        "id": str(emoji_id),
        "name": emoji_name.replace("-", "_"),
        "roles": [],
        "require_colons": True,
        "managed": False,
        "animated": rng.random() < 0.3,
        "available": True,
    }
