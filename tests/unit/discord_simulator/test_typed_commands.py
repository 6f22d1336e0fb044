"""What a person types becomes the options of an interaction."""

from typing import Any

import pytest

from discord_simulator.commands.typed import TypingError, command_name, read_typed

OPTIONS = [
    {"type": 3, "name": "login", "description": "Whom", "required": True, "name_localizations": {"de": "wer"}},
    {"type": 7, "name": "channel", "description": "Where", "channel_types": [0]},
    {"type": 8, "name": "role", "description": "Whom to ping"},
    {"type": 6, "name": "user", "description": "Who"},
    {"type": 5, "name": "on", "description": "On"},
    {"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 5},
    {"type": 3, "name": "end", "description": "Then", "choices": [{"name": "Leave it", "value": "leave"}]},
]
ADD: dict[str, Any] = {"id": "1", "type": 1, "name": "add", "options": OPTIONS}
CLIPS: dict[str, Any] = {
    "id": "2",
    "type": 1,
    "name": "clips",
    "options": [{"type": 1, "name": "on", "description": "On", "options": [OPTIONS[5]]},
                {"type": 1, "name": "off", "description": "Off"}],
}  # fmt: skip


def values(server: Any, text: str) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in read_typed(text, ADD, server.guild).options}


def test_options_are_named_and_the_first_needs_no_name(server: Any) -> None:
    live = str(server.channel("live").channel_id)
    role = str(server.role("Live pings"))
    assert values(server, "/add shroud") == {"login": "shroud"}
    assert values(server, "/add login: a b: c channel:#live role:@live pings") == {
        "login": "a b: c", "channel": live, "role": role
    }  # fmt: skip
    assert values(server, f"/add wer:x channel:<#{live}> role:{role}")["role"] == role
    assert values(server, "/add x on:yes count:3 end:leave it") == {
        "login": "x",
        "on": True,
        "count": 3,
        "end": "leave",
    }


def test_members_are_found_by_any_of_their_names(server: Any) -> None:
    user = server.owner()
    for text in (user.name, f"@{user.shown_name}", f"<@{user.user_id}>", str(user.user_id)):
        assert values(server, f"/add x user:{text}")["user"] == str(user.user_id)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("/add", "Missing: login"),
        ("/add x channel:#nowhere", "no channel"),
        ("/add x channel:Voice", "no channel"),
        ("/add x role:nobody", "no role"),
        ("/add x count:6", "at most 5"),
        ("/add x count:many", "must be a number"),
        ("/add x on:perhaps", "True or False"),
        ("/add x end:explode", "one of: Leave it"),
    ],
)
def test_what_discord_does_not_send(server: Any, text: str, problem: str) -> None:
    with pytest.raises(TypingError, match=problem):
        values(server, text)


def test_subcommands_hold_their_options(server: Any) -> None:
    (option,) = read_typed("/clips on count:2", CLIPS, server.guild).options
    assert option == {"name": "on", "type": 1, "options": [{"name": "count", "type": 4, "value": 2}]}
    with pytest.raises(TypingError, match="Choose one of: on, off"):
        read_typed("/clips", CLIPS, server.guild)
    with pytest.raises(TypingError, match="has no options"):
        read_typed("/clips off now", CLIPS, server.guild)


def test_a_half_typed_command_names_the_last_option(server: Any) -> None:
    typed = read_typed("/add login:sh", ADD, server.guild, is_partial=True)
    assert (typed.options[0]["value"], typed.last_option) == ("sh", OPTIONS[0])
    assert read_typed("/add x count:", ADD, server.guild, is_partial=True).last_option == OPTIONS[5]
    assert read_typed("/add", ADD, server.guild, is_partial=True).last_option is None
    half = read_typed("/add channel:#live role:nobody login:s", ADD, server.guild, is_partial=True)
    assert [each["name"] for each in half.options] == ["channel", "login"]
    assert half.options[0]["value"] == str(server.channel("live").channel_id)


def test_a_command_begins_with_a_slash() -> None:
    assert command_name(" /help me") == "help"
    with pytest.raises(TypingError):
        command_name("help")
