"""A server (Discord's API says guild) with its channels, roles and members."""

from dataclasses import dataclass, field
from typing import Any, Final

from discord_simulator.clock import created_at, iso
from discord_simulator.world.people import Member
from discord_simulator.world.permissions import ALL, Overwrite, Permission, base_permissions, channel_permissions

TEXT, VOICE, CATEGORY, ANNOUNCEMENT = 0, 2, 4, 5
WRITABLE: Final = (TEXT, VOICE, ANNOUNCEMENT)


@dataclass
class Role:
    """A role; the one with the server's id is @everyone. `bot_id`: the bot whose own role it is."""

    role_id: int
    name: str
    permissions: int
    position: int = 1
    color: int = 0
    is_mentionable: bool = False
    bot_id: int | None = None

    def permit(self, permissions: int) -> None:
        """Set what it permits."""
        self.permissions = permissions

    def shape(self) -> dict[str, Any]:
        """Return it as REST and gateway show it."""
        row: dict[str, Any] = {
            "id": str(self.role_id),
            "name": self.name,
            "description": None,
            "permissions": str(self.permissions),
            "position": self.position,
            "color": self.color,
            "colors": {"primary_color": self.color, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "managed": self.bot_id is not None,
            "mentionable": self.is_mentionable,
            "flags": 0,
        }
        return row | ({"tags": {"bot_id": str(self.bot_id)}} if self.bot_id else {})


@dataclass
class Channel:
    """A channel of a server."""

    channel_id: int
    guild_id: int
    name: str
    kind: int = TEXT
    position: int = 0
    parent_id: int | None = None
    topic: str | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    last_message_id: int | None = None

    def overwrite(self, overwrite: Overwrite) -> None:
        """Set the overwrite of a role or member; one that allows and denies nothing removes it."""
        self.overwrites = [each for each in self.overwrites if each.target_id != overwrite.target_id]
        if overwrite.allow or overwrite.deny:
            self.overwrites.append(overwrite)

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.name = name

    def received(self, message_id: int) -> None:
        """Record the newest message."""
        self.last_message_id = message_id

    def shape(self) -> dict[str, Any]:
        """Return it as REST and gateway show it."""
        row: dict[str, Any] = {
            "id": str(self.channel_id),
            "guild_id": str(self.guild_id),
            "name": self.name,
            "type": self.kind,
            "position": self.position,
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "nsfw": False,
            "flags": 0,
            "permission_overwrites": [
                {"id": str(each.target_id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
                for each in self.overwrites
            ],
        }
        if self.kind == CATEGORY:
            return row
        last = str(self.last_message_id) if self.last_message_id else None
        row |= {"topic": self.topic, "rate_limit_per_user": 0, "last_message_id": last}
        return row | ({"bitrate": 64000, "user_limit": 0, "rtc_region": None} if self.kind == VOICE else {})


@dataclass
class Guild:
    """A server. `has_bot`: the bot is in it; `is_out`: an outage of Discord makes it unavailable."""

    guild_id: int
    name: str
    owner_id: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    emojis: list[dict[str, Any]] = field(default_factory=list)
    is_out: bool = False

    def set_outage(self, is_out: bool) -> None:
        """Begin or end an outage."""
        self.is_out = is_out

    def rename(self, name: str) -> None:
        """Give it another name."""
        self.name = name

    def speak(self, locale: str) -> None:
        """Give it another language."""
        self.locale = locale

    def base(self, user_id: int) -> int:
        """Return a member's permissions in the server: 0 for a stranger."""
        member = self.members.get(user_id)
        if member is None:
            return 0
        if user_id == self.owner_id:
            return ALL
        roles = (self.roles[role_id].permissions for role_id in member.role_ids if role_id in self.roles)
        return base_permissions(self.roles[self.guild_id].permissions, roles)

    def permissions(self, user_id: int, channel: Channel) -> int:
        """Return a member's permissions in a channel: 0 for a stranger."""
        member = self.members.get(user_id)
        if member is None:
            return 0
        return channel_permissions(self.base(user_id), channel.overwrites, self.guild_id, member.role_ids, user_id)

    def visible_channels(self, user_id: int) -> list[Channel]:
        """Return the channels that a member sees, in their order: categories, each followed by its channels."""
        seen = [each for each in self.channels.values() if self.permissions(user_id, each) & Permission.VIEW_CHANNEL]
        places = {each.channel_id: each.position for each in self.channels.values() if each.kind == CATEGORY}

        def order(channel: Channel) -> tuple[int, int, int, int]:
            is_category = channel.kind == CATEGORY
            parent = channel.channel_id if is_category else channel.parent_id or 0
            return places.get(parent, -1), parent, 0 if is_category else 1, channel.position

        return sorted(seen, key=order)

    def role_of_bot(self, bot_id: int) -> Role | None:
        """Return the bot's own role."""
        return next((role for role in self.roles.values() if role.bot_id == bot_id), None)

    def partial_shape(self) -> dict[str, Any]:
        """Return what an interaction holds of it."""
        return {"id": str(self.guild_id), "locale": self.locale, "features": []}

    def shape(self) -> dict[str, Any]:
        """Return it as REST shows it."""
        return {
            "id": str(self.guild_id),
            "name": self.name,
            "icon": None,
            "splash": None,
            "banner": None,
            "description": None,
            "owner_id": str(self.owner_id),
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 0,
            "roles": [role.shape() for role in self.roles.values()],
            "emojis": self.emojis,
            "stickers": [],
            "features": [],
            "mfa_level": 0,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "preferred_locale": self.locale,
            "premium_tier": 0,
            "nsfw_level": 0,
            "premium_progress_bar_enabled": False,
        }

    def full_shape(self, bot_id: int) -> dict[str, Any]:
        """Return what GUILD_CREATE tells a bot that has just joined.

        Of the members it tells only the bot itself, as without the intent for members.
        """
        joined_at = self.members[bot_id].joined_at if bot_id in self.members else created_at(self.guild_id)
        return self.shape() | {
            "joined_at": iso(joined_at),
            "large": False,
            "member_count": len(self.members),
            "members": [self.members[bot_id].full_shape()] if bot_id in self.members else [],
            "channels": [channel.shape() for channel in self.channels.values()],
            "threads": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
