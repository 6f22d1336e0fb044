"""What an interaction tells the bot of the members, roles and channels that were chosen."""

from collections.abc import Iterator
from typing import Any, Final

from discord_simulator.commands.definitions import CHANNEL, MENTIONABLE, ROLE, USER_OPTION
from discord_simulator.world.guilds import Guild

OF_MENU: Final = {5: USER_OPTION, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}  # a menu's type


def chosen(options: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """Return type and id of everything that options name, in subcommands too."""
    for option in options:
        if "options" in option:
            yield from chosen(option["options"])
        elif option["type"] in (USER_OPTION, CHANNEL, ROLE, MENTIONABLE):
            yield option["type"], str(option["value"])


def resolve(guild: Guild, user_id: int, named: Iterator[tuple[int, str]]) -> dict[str, Any]:
    """Return the objects of the ids; those that do not exist are left out."""
    found: dict[str, dict[str, Any]] = {"users": {}, "members": {}, "roles": {}, "channels": {}}
    for kind, text in named:
        number = int(text) if text.isdecimal() else 0
        if kind in (USER_OPTION, MENTIONABLE) and number in guild.members:
            member = guild.members[number]
            found["users"][text] = member.user.shape()
            found["members"][text] = member.shape() | {"permissions": str(guild.base(number))}
        if kind in (ROLE, MENTIONABLE) and number in guild.roles:
            found["roles"][text] = guild.roles[number].shape()
        if kind == CHANNEL and number in guild.channels:
            channel = guild.channels[number]
            found["channels"][text] = channel.shape() | {"permissions": str(guild.permissions(user_id, channel))}
    return {name: rows for name, rows in found.items() if rows}
