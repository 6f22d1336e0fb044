"""Who is pinged: what a text names, as far as the sender lets it and may."""

from typing import Any

from discord_simulator.errors import FormErrors
from discord_simulator.messages.mentions import Mentions, find_mentions, read_allowed
from discord_simulator.world.permissions import Permission

PING_ALL = int(Permission.MENTION_EVERYONE)


def pinged(server: Any, content: str, allowed: Any, permissions: int = 0) -> Mentions:
    return find_mentions(content, read_allowed(FormErrors(), allowed), server.guild, permissions)


def test_a_hostile_title_pings_nobody(server: Any) -> None:
    text = f"@everyone <@{server.owner().user_id}> <@&{server.role('Moderator')}>"
    nobody: dict[str, Any] = {"parse": []}
    assert pinged(server, text, nobody, PING_ALL) == Mentions()


def test_without_allowed_mentions_everything_is_pinged(server: Any) -> None:
    role = server.role("Moderator")
    text = f"@here <@!{server.owner().user_id}> <@&{role}> <@1>"
    found = pinged(server, text, None, PING_ALL)
    assert found == Mentions((server.owner().user_id,), (role,), True)


def test_only_the_allowed_role_is_pinged(server: Any) -> None:
    live, moderators = server.role("Live pings"), server.role("Moderator")
    text = f"@everyone <@&{live}> <@&{moderators}> <@{server.owner().user_id}>"
    found = pinged(server, text, {"parse": [], "roles": [str(live)]}, PING_ALL)
    assert found == Mentions((), (live,), False)


def test_a_role_must_be_mentionable_or_the_sender_may_ping_all(server: Any) -> None:
    moderators = server.role("Moderator")
    text, allowed = f"<@&{moderators}>", {"parse": ["roles"]}
    assert pinged(server, text, allowed).roles == ()
    assert pinged(server, text, allowed, PING_ALL).roles == (moderators,)
    assert not pinged(server, "@everyone", None).is_everyone
