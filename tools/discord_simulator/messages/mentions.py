"""Whom a message pings: what its text names, as far as allowed_mentions and the author's permissions let it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from discord_simulator.errors import FormErrors
from discord_simulator.world.guilds import Guild
from discord_simulator.world.permissions import Permission

USER: Final = re.compile(r"<@!?(\d{1,20})>", re.ASCII)
ROLE: Final = re.compile(r"<@&(\d{1,20})>", re.ASCII)
EVERYONE: Final = re.compile(r"@(?:everyone|here)\b")
KINDS: Final = ("roles", "users", "everyone")
MOST: Final = 100  # ids of a kind


@dataclass(frozen=True)
class AllowedMentions:
    """What may be pinged: whole kinds, and single ids."""

    kinds: frozenset[str] = frozenset(KINDS)
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Mentions:
    """Who is pinged."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    is_everyone: bool = False


def read_allowed(errors: FormErrors, body: object) -> AllowedMentions:
    """Read allowed_mentions; without it everything that the text names is pinged."""
    if body is None:
        return AllowedMentions()
    row = body if isinstance(body, Mapping) else {}
    kinds = frozenset(str(each) for each in row.get("parse") or ())
    for kind in kinds - set(KINDS):
        message = f"Value ('{kind}',) must be one of ('roles', 'users', 'everyone')."
        errors.add(("allowed_mentions", "parse"), "LIST_ITEM_VALUE_CHOICES", message)
    for name in ("users", "roles"):
        ids = row.get(name) or []
        errors.many(("allowed_mentions", name), ids, MOST)
        if ids and name in kinds:
            message = f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.'
            errors.add(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
    return AllowedMentions(kinds, ids_of(row.get("users")), ids_of(row.get("roles")))


def ids_of(values: Any) -> frozenset[int]:
    """Return the ids among values."""
    return frozenset(int(each) for each in values or () if str(each).isdecimal())


def find_mentions(content: str, allowed: AllowedMentions, guild: Guild, permissions: int) -> Mentions:
    """Return whom a text of an author with these permissions pings."""
    named_users = dict.fromkeys(int(each) for each in USER.findall(content))
    named_roles = dict.fromkeys(int(each) for each in ROLE.findall(content))
    users = [each for each in named_users if "users" in allowed.kinds or each in allowed.users]
    may_ping_all = bool(permissions & Permission.MENTION_EVERYONE)
    roles = [
        each
        for each in named_roles
        if ("roles" in allowed.kinds or each in allowed.roles)
        and each in guild.roles
        and (may_ping_all or guild.roles[each].is_mentionable)
    ]
    everyone = may_ping_all and "everyone" in allowed.kinds and bool(EVERYONE.search(content))
    return Mentions(tuple(each for each in users if each in guild.members), tuple(roles), everyone)
