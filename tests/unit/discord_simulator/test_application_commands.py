"""Commands: what Discord refuses to register, and to whom it offers what."""

from typing import Any

import pytest

from discord_simulator.commands.registry import EVERYWHERE
from discord_simulator.errors import DiscordError
from discord_simulator.world.permissions import Permission

HELP = {"name": "help", "description": "What it does"}
OPTION = {"type": 3, "name": "login", "description": "Whom"}


def refused(server: Any, command: dict[str, Any]) -> str:
    with pytest.raises(DiscordError, match="50035") as raised:
        server.discord.commands.overwrite(EVERYWHERE, [command])
    return str(raised.value)


def test_a_bulk_overwrite_keeps_the_ids_of_known_names(server: Any) -> None:
    commands = server.discord.commands
    first = commands.overwrite(EVERYWHERE, [HELP, HELP | {"name": "live"}])
    second = commands.overwrite(EVERYWHERE, [HELP | {"description": "New"}, HELP | {"name": "stats"}])
    assert second[0]["id"] == first[0]["id"]
    assert [each["name"] for each in second] == ["help", "stats"]
    assert second[0]["version"] != first[0]["version"]
    assert commands.overwrite(EVERYWHERE, []) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "Help"}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "x" * 33}, "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": ""}, "BASE_TYPE_REQUIRED"),
        ({"description": ""}, "BASE_TYPE_REQUIRED"),
        ({"description": "x" * 101}, "BASE_TYPE_MAX_LENGTH"),
        ({"name_localizations": {"xx": "hilfe"}}, "ENUM_TYPE_COERCE"),
        ({"options": [OPTION, OPTION]}, "NAME_ALREADY_EXISTS"),
        ({"options": [OPTION, OPTION | {"name": "must", "required": True}]}, "REQUIRED_INVALID"),
        ({"options": [OPTION | {"choices": [{"name": "a", "value": "a"}] * 26}]}, "BASE_TYPE_MAX_LENGTH"),
        ({"options": [OPTION | {"autocomplete": True, "choices": [{"name": "a", "value": "a"}]}]}, "AUTOCOMPLETE"),
        ({"options": [OPTION | {"name": f"o{number}"} for number in range(26)]}, "BASE_TYPE_MAX_LENGTH"),
        ({"options": [OPTION | {"type": 12}]}, "BASE_TYPE_CHOICES"),
    ],
)
def test_what_discord_does_not_register(server: Any, change: dict[str, Any], code: str) -> None:
    assert code in refused(server, HELP | change)


def test_names_are_unique_and_few(server: Any) -> None:
    commands = server.discord.commands
    with pytest.raises(DiscordError, match="DUPLICATE_NAME"):
        commands.overwrite(EVERYWHERE, [HELP, HELP])
    many = [HELP | {"name": f"help{number}"} for number in range(101)]
    assert len(commands.overwrite(EVERYWHERE, many[:100])) == 100
    with pytest.raises(DiscordError, match="30032"):
        commands.overwrite(EVERYWHERE, many)


def test_single_commands_are_added_changed_and_deleted(server: Any) -> None:
    commands = server.discord.commands
    made = commands.upsert(EVERYWHERE, HELP)
    assert commands.upsert(EVERYWHERE, HELP | {"description": "New"})["id"] == made["id"]
    number = int(made["id"])
    assert commands.edit(EVERYWHERE, number, {"description": "Newer"})["description"] == "Newer"
    commands.remove(EVERYWHERE, number)
    with pytest.raises(DiscordError, match="10063"):
        commands.find(EVERYWHERE, number)


def test_a_command_is_offered_to_whom_it_is_for(server: Any) -> None:
    commands, channel = server.discord.commands, server.channel("general")
    needs = HELP | {"name": "set", "default_member_permissions": str(int(Permission.MANAGE_GUILD))}
    admins = HELP | {"name": "wipe", "default_member_permissions": "0"}
    direct = HELP | {"name": "dm", "contexts": [1]}
    commands.overwrite(EVERYWHERE, [HELP, needs, admins, direct])

    def names(user_id: int) -> list[str]:
        return [each["name"] for each in commands.offered(server.guild, channel, user_id)]

    assert names(server.owner().user_id) == ["help", "set", "wipe"]
    assert names(server.member().user_id) == ["help"]
    moderator = next(n for n, each in server.guild.members.items() if server.role("Moderator") in each.role_ids)
    assert names(moderator) == ["help", "set"]


def test_a_servers_command_hides_the_one_for_all(server: Any) -> None:
    commands, guild = server.discord.commands, server.guild
    commands.overwrite(EVERYWHERE, [HELP])
    commands.overwrite(guild.guild_id, [HELP | {"description": "Here"}])
    place = guild, server.channel("general"), server.owner().user_id
    (offered,) = commands.offered(*place)
    assert (offered["description"], offered["guild_id"]) == ("Here", str(guild.guild_id))
    assert commands.named(guild, "help")["description"] == "Here"
    server.discord.leave(guild)
    assert commands.offered(*place) == []
    with pytest.raises(DiscordError, match="10063"):
        commands.named(guild, "help")
