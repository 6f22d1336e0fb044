"""The registered commands: for all servers, and for single ones."""

from collections import Counter
from typing import Any, Final

from discord_simulator.clock import Snowflakes
from discord_simulator.commands.definitions import CHAT, read_commands
from discord_simulator.errors import DiscordError
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.permissions import Permission

MOST: Final = {1: 100, 2: 15, 3: 15}  # commands by type, per scope
EVERYWHERE: Final = 0  # the scope of commands for all servers
CONTEXT_GUILD: Final = 0

Command = dict[str, Any]


class Commands:
    """Commands by scope (a server's id, or EVERYWHERE) and id."""

    def __init__(self, application_id: int, ids: Snowflakes) -> None:
        self._application_id, self._ids = application_id, ids
        self._scopes: dict[int, dict[int, Command]] = {}

    def all(self, scope: int) -> list[Command]:
        """Return the commands of a scope."""
        return list(self._scopes.get(scope, {}).values())

    def overwrite(self, scope: int, body: object) -> list[Command]:
        """Replace a scope's commands; those with a known name keep their id. Raises DiscordError."""
        rows = read_commands(body)
        counts = Counter(int(row.get("type", CHAT)) for row in rows)
        if any(count > MOST.get(kind, 0) for kind, count in counts.items()):
            raise DiscordError(30032)
        known = {(each["type"], each["name"]): int(each["id"]) for each in self.all(scope)}
        made: dict[int, Command] = {}
        for row in rows:
            number = known.get((row.get("type", CHAT), row["name"])) or self._ids.following()
            made[number] = self._shape(scope, number, row)
        self._scopes[scope] = made
        return self.all(scope)

    def upsert(self, scope: int, body: object) -> Command:
        """Add a command, or replace the one with its name. Raises DiscordError."""
        (row,) = read_commands([body])
        key = row.get("type", CHAT), row["name"]
        others = [each for each in self.all(scope) if (each["type"], each["name"]) != key]
        return self.overwrite(scope, [*others, row])[-1]

    def edit(self, scope: int, command_id: int, changes: dict[str, Any]) -> Command:
        """Change a command. Raises DiscordError."""
        command = self.find(scope, command_id) | changes
        read_commands([command])
        self._scopes[scope][command_id] = self._shape(scope, command_id, command)
        return self._scopes[scope][command_id]

    def find(self, scope: int, command_id: int) -> Command:
        """Return a command of a scope. Raises DiscordError 10063."""
        command = self._scopes.get(scope, {}).get(command_id)
        if command is None:
            raise DiscordError(10063)
        return command

    def remove(self, scope: int, command_id: int) -> None:
        """Delete a command. Raises DiscordError 10063."""
        self.find(scope, command_id)
        del self._scopes[scope][command_id]

    def _shape(self, scope: int, number: int, row: dict[str, Any]) -> Command:
        """Return a command with what Discord adds."""
        needed = row.get("default_member_permissions")
        return {
            "type": CHAT,
            "description": "",
            "options": [],
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
            **row,
            **({"guild_id": str(scope)} if scope else {}),
            "default_member_permissions": None if needed is None else str(needed),
            "id": str(number),
            "application_id": str(self._application_id),
            "version": str(self._ids.following()),
        }

    def offered(self, guild: Guild, channel: Channel, user_id: int) -> list[Command]:
        """Return the slash commands that a member is offered in a channel, by name: a server's hide those for all."""
        permissions = guild.permissions(user_id, channel)
        if self._application_id not in guild.members or not permissions & Permission.USE_APPLICATION_COMMANDS:
            return []
        named = {each["name"]: each for each in self.all(EVERYWHERE) + self.all(guild.guild_id)}
        shown = (each for each in named.values() if is_for_servers(each) and is_permitted(each, permissions))
        return sorted(shown, key=lambda each: str(each["name"]))

    def named(self, guild: Guild, name: str) -> Command:
        """Return a server's slash command, also one that a member is not offered. Raises DiscordError 10063."""
        for scope in (guild.guild_id, EVERYWHERE) if self._application_id in guild.members else ():
            for command in self.all(scope):
                if command["type"] == CHAT and name in names_of(command):
                    return command
        raise DiscordError(10063)


def is_for_servers(command: Command) -> bool:
    """Return whether it is a slash command that can be used in servers."""
    contexts = command.get("contexts")
    return command["type"] == CHAT and (contexts is None or CONTEXT_GUILD in contexts)


def is_permitted(command: Command, permissions: int) -> bool:
    """Return whether a member with these permissions is offered a command."""
    needed = command.get("default_member_permissions")
    if permissions & Permission.ADMINISTRATOR or needed is None:
        return True
    return int(needed) != 0 and permissions & int(needed) == int(needed)


def names_of(row: dict[str, Any]) -> list[str]:
    """Return a command's or option's name and its translations."""
    return [row["name"], *(row.get("name_localizations") or {}).values()]


def name_in(row: dict[str, Any], locale: str) -> str:
    """Return a command's or option's name as a person of this language sees it."""
    return str((row.get("name_localizations") or {}).get(locale) or row["name"])


def description_in(row: dict[str, Any], locale: str) -> str:
    """Return a description as a person of this language sees it."""
    return str((row.get("description_localizations") or {}).get(locale) or row.get("description", ""))
