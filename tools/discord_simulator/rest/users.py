"""Who one is: the bot, its application, and people who signed in."""

from typing import Any, Final

from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError, StatusError
from discord_simulator.rest.call import Call
from discord_simulator.rest.gate import ANYBODY, BOT, NOBODY, Endpoint
from discord_simulator.world.guilds import Guild

PAGE: Final = 200


def application(discord: Discord) -> dict[str, Any]:
    """Return the bot's application."""
    owner = next(iter(discord.world.people.values()))
    return {
        "id": str(discord.world.bot.user_id),
        "name": discord.world.bot.shown_name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": owner.shape(),
        "team": None,
        "summary": "",
        "verify_key": "0" * 64,
        "flags": 0,
        "tags": [],
        "redirect_uris": [each for each in discord.settings.redirects.split(",") if each],
        "interactions_endpoint_url": None,
        "approximate_guild_count": sum(1 for _ in discord.world.joined()),
        "integration_types_config": {"0": {}},
    }


def partial_guild(guild: Guild, user_id: int) -> dict[str, Any]:
    """Return a server as its members list it."""
    return {
        "id": str(guild.guild_id),
        "name": guild.name,
        "icon": None,
        "banner": None,
        "owner": guild.owner_id == user_id,
        "permissions": str(guild.base(user_id)),
        "features": [],
    }


class Users:
    """The handlers."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord

    def _me(self, call: Call) -> int:
        return call.user.user_id if call.user else self._discord.world.bot.user_id

    def _need(self, call: Call, scope: str) -> None:
        """Raise StatusError 401 if a person did not agree to a scope."""
        if call.user and scope not in call.user.scopes:
            raise StatusError(401)

    def me(self, call: Call) -> dict[str, Any]:
        """Return the caller."""
        self._need(call, "identify")
        if call.user is None:
            return self._discord.world.bot.shape() | {"verified": True, "mfa_enabled": True, "flags": 0}
        user = self._discord.world.people[call.user.user_id]
        return user.shape() | {"locale": user.locale, "mfa_enabled": False, "flags": 0}

    def my_guilds(self, call: Call) -> list[dict[str, Any]]:
        """Return the caller's servers, by id."""
        self._need(call, "guilds")
        after, limit = call.optional_number("after") or 0, call.optional_number("limit") or PAGE
        mine = [guild for guild in self._discord.world.guilds.values() if self._me(call) in guild.members]
        found = sorted((guild for guild in mine if guild.guild_id > after), key=lambda guild: guild.guild_id)
        return [partial_guild(guild, self._me(call)) for guild in found[: min(limit, PAGE)]]

    def leave(self, call: Call) -> None:
        """Take the bot out of a server."""
        world = self._discord.world
        self._discord.leave(world.guild(call.number("guild_id", 10004), world.bot.user_id))

    def user(self, call: Call) -> dict[str, Any]:
        """Return anybody."""
        world, number = self._discord.world, call.number("user_id", 10013)
        user = world.bot if number == world.bot.user_id else world.people.get(number)
        if user is None:
            raise DiscordError(10013)
        return user.shape()

    def authorization(self, call: Call) -> dict[str, Any]:
        """Return what a person agreed to."""
        if call.user is None:
            raise StatusError(401)
        row: dict[str, Any] = {"application": application(self._discord), "scopes": list(call.user.scopes)}
        return row | {"user": self.me(call)}

    def application(self, _call: Call) -> dict[str, Any]:
        """Return the bot's application."""
        return application(self._discord)

    def gateway(self, _call: Call) -> dict[str, Any]:
        """Return the gateway's address."""
        return {"url": self._discord.gateway_url}

    def bot_gateway(self, _call: Call) -> dict[str, Any]:
        """Return the gateway's address, the shards to use and the sessions left."""
        hub, settings = self._discord.hub, self._discord.settings
        left = {
            "total": settings.identifies_per_day,
            "remaining": hub.starts_left(),
            "reset_after": hub.starts_reset_ms(),
        }
        start_limit = left | {"max_concurrency": 1}
        return {"url": self._discord.gateway_url, "shards": settings.shards, "session_start_limit": start_limit}

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints."""
        return [
            Endpoint("GET /gateway", self.gateway, NOBODY),
            Endpoint("GET /gateway/bot", self.bot_gateway),
            Endpoint("GET /users/@me", self.me, ANYBODY),
            Endpoint("GET /users/@me/guilds", self.my_guilds, ANYBODY),
            Endpoint("DELETE /users/@me/guilds/{guild_id}", self.leave),
            Endpoint("GET /users/{user_id}", self.user),
            Endpoint("GET /oauth2/@me", self.authorization, ANYBODY),
            Endpoint("GET /oauth2/applications/@me", self.application),
            Endpoint("GET /applications/@me", self.application, BOT),
        ]
