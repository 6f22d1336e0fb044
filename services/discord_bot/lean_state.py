"""discord.py's picture of the servers, without what the bot never looks at: that is nine tenths of it.

Text channels are asked for when they are needed; of the roles only those are known that the bot itself has, so that
its permissions can be told.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import discord
from discord.state import AutoShardedConnectionState

KEPT: Final = ("id", "name", "owner_id", "preferred_locale", "unavailable", "joined_at", "member_count", "large")
LISTED: Final = (discord.ChannelType.text.value, discord.ChannelType.news.value, discord.ChannelType.category.value)


def lean(guild: Mapping[str, Any], bot_id: str, role_ids: Collection[str]) -> dict[str, Any]:
    """Return what is kept of a server as the gateway tells it. `role_ids`: more roles to keep than the bot's."""
    members = [each for each in guild.get("members", ()) if each["user"]["id"] == bot_id]
    wanted = {str(guild["id"]), *role_ids, *(role_id for each in members for role_id in each["roles"])}
    kept = {name: guild[name] for name in KEPT if name in guild}
    return kept | {"members": members, "roles": [role for role in guild.get("roles", ()) if role["id"] in wanted]}


class LeanState(AutoShardedConnectionState):
    """Hears of servers, of the bot's own roles, and of commands.

    `told`: is given each server whole, once. `changed`: is told the id of one whose channels or roles are others now.
    """

    def __init__(
        self, *, told: Callable[[discord.Guild], None], changed: Callable[[int], None], **options: Any
    ) -> None:
        super().__init__(**options)
        self._told, self._has_changed = told, changed

    def parse_guild_create(self, data: Any) -> None:
        if not data.get("unavailable"):
            whole = discord.Guild(data=data, state=self)
            self._told(whole)
            for parts in (whole._channels, whole._roles, whole._members):
                parts.clear()  # they know their server: without this they would wait for the garbage collector
        super().parse_guild_create(self._lean(data))

    def parse_guild_update(self, data: Any) -> None:
        super().parse_guild_update(self._lean(data))

    def _lean(self, data: Any) -> Any:
        known = self._get_guild(int(data["id"]))
        role_ids = [str(role.id) for role in known.roles] if known else []
        return lean(data, str(self.self_id), role_ids)

    def parse_guild_role_create(self, data: Any) -> None:
        super().parse_guild_role_create(data)
        self._has_changed(int(data["guild_id"]))

    def parse_guild_role_update(self, data: Any) -> None:
        super().parse_guild_role_update(data)
        self._has_changed(int(data["guild_id"]))

    def parse_guild_role_delete(self, data: Any) -> None:
        super().parse_guild_role_delete(data)
        self._has_changed(int(data["guild_id"]))

    def parse_guild_member_update(self, data: Any) -> None:
        super().parse_guild_member_update(data)
        if data["user"]["id"] == str(self.self_id):
            self._has_changed(int(data["guild_id"]))

    def _channel_changed(self, data: Any) -> None:
        if data.get("guild_id") and data.get("type") in LISTED:
            self._has_changed(int(data["guild_id"]))

    def _not_kept(self, data: Any) -> None:
        """Forget what the gateway tells."""

    parse_channel_create = parse_channel_update = parse_channel_delete = _channel_changed
    parse_thread_create = parse_thread_update = parse_thread_delete = parse_thread_list_sync = _not_kept
    parse_stage_instance_create = parse_stage_instance_update = parse_stage_instance_delete = _not_kept
