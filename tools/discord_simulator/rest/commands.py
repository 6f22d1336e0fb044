"""Application commands: for all servers, and for single ones."""

from typing import Any

from discord_simulator.commands.registry import EVERYWHERE
from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.rest.call import Call
from discord_simulator.rest.gate import Endpoint


class CommandRoutes:
    """The handlers."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord

    def _scope(self, call: Call) -> int:
        """Return the scope of a path. Raises DiscordError 20012, 10004 or 50001."""
        bot_id = self._discord.world.bot.user_id
        if call.path["application_id"] != str(bot_id):
            raise DiscordError(20012)
        if "guild_id" not in call.path:
            return EVERYWHERE
        return self._discord.world.guild(call.number("guild_id", 10004), bot_id).guild_id

    def every(self, call: Call) -> Any:
        """Return all."""
        return self._discord.commands.all(self._scope(call))

    def overwrite(self, call: Call) -> Any:
        """Replace all."""
        return self._discord.commands.overwrite(self._scope(call), call.body)

    def upsert(self, call: Call) -> Any:
        """Add one, or replace the one with its name."""
        return self._discord.commands.upsert(self._scope(call), dict(call.fields()))

    def find(self, call: Call) -> Any:
        """Return one."""
        return self._discord.commands.find(self._scope(call), call.number("command_id", 10063))

    def edit(self, call: Call) -> Any:
        """Change one."""
        number = call.number("command_id", 10063)
        return self._discord.commands.edit(self._scope(call), number, dict(call.fields()))

    def remove(self, call: Call) -> None:
        """Delete one."""
        self._discord.commands.remove(self._scope(call), call.number("command_id", 10063))

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints."""
        made: list[Endpoint] = []
        for place in ("", "/guilds/{guild_id}"):
            path = f"/applications/{{application_id}}{place}/commands"
            made += [
                Endpoint(f"GET {path}", self.every),
                Endpoint(f"PUT {path}", self.overwrite),
                Endpoint(f"POST {path}", self.upsert),
                Endpoint(f"GET {path}/{{command_id}}", self.find),
                Endpoint(f"PATCH {path}/{{command_id}}", self.edit),
                Endpoint(f"DELETE {path}/{{command_id}}", self.remove),
            ]
        return made
