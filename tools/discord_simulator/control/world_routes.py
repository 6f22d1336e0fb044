"""The control API's routes for servers, channels, roles and the bot's membership."""

from typing import Any

from fastapi import APIRouter, HTTPException

from discord_simulator.control.orders import (
    ChangeGuildOrder,
    ChannelIdOrder,
    ChannelOrder,
    GuildOrder,
    MemberRoleOrder,
    MembershipOrder,
    OverwriteOrder,
    RoleIdOrder,
    RoleOrder,
)
from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.world.guilds import Channel, Guild, Role
from discord_simulator.world.permissions import MEMBER, ROLE, Overwrite


def guild_of(discord: Discord, guild_id: int) -> Guild:
    """Return a server; answer 404 if there is none."""
    guild = discord.world.guilds.get(guild_id)
    if guild is None:
        raise HTTPException(404, f"there is no server {guild_id}")
    return guild


def channel_of(discord: Discord, channel_id: int) -> tuple[Guild, Channel]:
    """Return a channel with its server; answer 404 if there is none."""
    try:
        return discord.world.place(channel_id)
    except DiscordError as error:
        raise HTTPException(404, f"there is no channel {channel_id}") from error


def role_of(guild: Guild, role_id: int) -> Role:
    """Return a role; answer 404 if there is none."""
    if role_id not in guild.roles:
        raise HTTPException(404, f"there is no role {role_id}")
    return guild.roles[role_id]


def summary(discord: Discord, guild: Guild) -> dict[str, Any]:
    """Return what a test needs to know of a server."""
    bot_id = discord.world.bot.user_id
    bot_role = guild.role_of_bot(bot_id)
    return {
        "guild_id": str(guild.guild_id),
        "name": guild.name,
        "locale": guild.locale,
        "owner_id": str(guild.owner_id),
        "has_bot": bot_id in guild.members,
        "bot_role_id": str(bot_role.role_id) if bot_role else None,
        "channels": {each.name: str(each.channel_id) for each in guild.channels.values()},
        "roles": {role.name: str(role.role_id) for role in guild.roles.values()},
        "members": {member.user.name: str(number) for number, member in guild.members.items()},
    }


def guild_routes(discord: Discord) -> APIRouter:
    """Build the routes that list and make servers."""
    router = APIRouter(prefix="/control")

    @router.get("/guilds")
    async def guilds() -> list[dict[str, Any]]:
        return [summary(discord, guild) for guild in discord.world.guilds.values()]

    @router.post("/guild")
    async def guild(order: GuildOrder) -> dict[str, Any]:
        made = discord.world.make_guild(name=order.name)
        if order.with_bot:
            discord.join(made, order.permissions)
        return summary(discord, made)

    return router


def membership_routes(discord: Discord) -> APIRouter:
    """Build the routes that change a server and the bot's place in it."""
    router = APIRouter(prefix="/control")

    @router.post("/change_guild")
    async def change_guild(order: ChangeGuildOrder) -> dict[str, Any]:
        found = guild_of(discord, order.guild_id)
        discord.change_guild(found, order.name or found.name, order.locale or found.locale)
        return summary(discord, found)

    @router.post("/membership")
    async def membership(order: MembershipOrder) -> dict[str, Any]:
        found = guild_of(discord, order.guild_id)
        match order.action:
            case "join":
                discord.join(found, order.permissions)
            case "kick":
                discord.leave(found)
            case _:
                discord.set_outage(found, order.action == "outage")
        return summary(discord, found)

    return router


def channel_routes(discord: Discord) -> APIRouter:
    """Build the routes for channels."""
    router = APIRouter(prefix="/control")

    @router.post("/channel")
    async def channel(order: ChannelOrder) -> dict[str, Any]:
        return discord.add_channel(guild_of(discord, order.guild_id), order.name, order.kind).shape()

    @router.post("/delete_channel")
    async def delete_channel(order: ChannelIdOrder) -> dict[str, Any]:
        _, found = channel_of(discord, order.channel_id)
        discord.remove_channel(found)
        return found.shape()

    @router.post("/overwrite")
    async def overwrite(order: OverwriteOrder) -> dict[str, Any]:
        guild, found = channel_of(discord, order.channel_id)
        bot_role = guild.role_of_bot(discord.world.bot.user_id)
        target = order.target_id or (bot_role.role_id if bot_role else 0)
        kind = ROLE if order.kind == "role" else MEMBER
        discord.overwrite(found, Overwrite(target, kind, order.allow, order.deny))
        return found.shape()

    return router


def role_routes(discord: Discord) -> APIRouter:
    """Build the routes for roles."""
    router = APIRouter(prefix="/control")

    @router.post("/role")
    async def role(order: RoleOrder) -> dict[str, Any]:
        found = guild_of(discord, order.guild_id)
        return discord.add_role(found, order.name, order.permissions, order.mentionable).shape()

    @router.post("/change_role")
    async def change_role(order: RoleIdOrder) -> dict[str, Any]:
        guild = guild_of(discord, order.guild_id)
        found = role_of(guild, order.role_id)
        discord.permit(guild, found, order.permissions or 0)
        return found.shape()

    @router.post("/delete_role")
    async def delete_role(order: RoleIdOrder) -> dict[str, Any]:
        guild = guild_of(discord, order.guild_id)
        found = role_of(guild, order.role_id)
        discord.remove_role(guild, found)
        return found.shape()

    return router


def member_routes(discord: Discord) -> APIRouter:
    """Build the route for members' roles."""
    router = APIRouter(prefix="/control")

    @router.post("/member_role")
    async def member_role(order: MemberRoleOrder) -> dict[str, Any]:
        guild = guild_of(discord, order.guild_id)
        member = guild.members.get(order.user_id)
        if member is None:
            raise HTTPException(404, f"there is no member {order.user_id}")
        change = member.give if order.action == "give" else member.take
        change(role_of(guild, order.role_id).role_id)
        row = member.full_shape() | {"guild_id": str(guild.guild_id)}
        discord.hub.publish("GUILD_MEMBER_UPDATE", guild.guild_id, row)
        return member.full_shape()

    return router
