"""Permissions as Discord computes them: roles, then the channel's overwrites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntFlag
from typing import Final


class Permission(IntFlag):
    """The permissions that the simulator looks at, with Discord's bits."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31


ALL: Final = (1 << 53) - 1
WRITING: Final = Permission.SEND_MESSAGES | Permission.EMBED_LINKS | Permission.ATTACH_FILES
READING: Final = Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
BOT_DEFAULT: Final = int(READING | WRITING)
EVERYONE_DEFAULT: Final = int(
    READING | WRITING | Permission.ADD_REACTIONS | Permission.CONNECT | Permission.SPEAK
    | Permission.USE_APPLICATION_COMMANDS | Permission.USE_EXTERNAL_EMOJIS
)  # fmt: skip
ROLE, MEMBER = 0, 1  # what an overwrite is about


@dataclass(frozen=True)
class Overwrite:
    """What a channel allows and denies a role or a member (`kind`)."""

    target_id: int
    kind: int
    allow: int = 0
    deny: int = 0


def union(permissions: Iterable[int]) -> int:
    """Combine permissions."""
    combined = 0
    for each in permissions:
        combined |= each
    return combined


def base_permissions(everyone: int, roles: Iterable[int]) -> int:
    """Combine the permissions of @everyone and of a member's roles."""
    combined = everyone | union(roles)
    return ALL if combined & Permission.ADMINISTRATOR else combined


def channel_permissions(
    base: int, overwrites: Collection[Overwrite], guild_id: int, role_ids: Collection[int], member_id: int
) -> int:
    """Apply a channel's overwrites: @everyone's, the roles' together, the member's; without the view nothing is left.

    The order is that of Discord's documentation (Permissions, permission overwrites).
    """
    if base & Permission.ADMINISTRATOR:
        return ALL
    of_everyone = [each for each in overwrites if each.target_id == guild_id]
    of_roles = [each for each in overwrites if each.kind == ROLE and each.target_id in role_ids]
    of_member = [each for each in overwrites if each.kind == MEMBER and each.target_id == member_id]
    for group in (of_everyone, of_roles, of_member):
        base = (base & ~union(each.deny for each in group)) | union(each.allow for each in group)
    return base if base & Permission.VIEW_CHANNEL else 0
