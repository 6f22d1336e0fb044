"""What the bot keeps of a server."""

from typing import Any

from discord_bot.lean_state import lean


def server(**more: Any) -> dict[str, Any]:
    return {"id": "1", "name": "A server", "preferred_locale": "de", "description": "long", "emojis": [{}], **more}


def member(user_id: str, *roles: str) -> dict[str, Any]:
    return {"user": {"id": user_id}, "roles": list(roles)}


def roles(*ids: str) -> list[dict[str, Any]]:
    return [{"id": each} for each in ids]


def test_the_bots_own_roles_and_the_one_of_everybody_are_kept() -> None:
    told = server(roles=roles("1", "2", "3", "4"), members=[member("7", "3"), member("8", "2")], channels=[{}])
    assert lean(told, "7", ()) == {
        "id": "1",
        "name": "A server",
        "preferred_locale": "de",
        "members": [member("7", "3")],
        "roles": roles("1", "3"),
    }


def test_an_update_names_no_members_and_keeps_the_known_roles() -> None:
    assert lean(server(roles=roles("1", "2", "3")), "7", ["3"])["roles"] == roles("1", "3")


def test_a_server_that_is_out_stays_so() -> None:
    assert lean({"id": "1", "unavailable": True}, "7", ())["unavailable"] is True
