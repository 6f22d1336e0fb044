"""The commands as Discord gets them: for those who may manage a server, in servers alone, in every language."""

from typing import Any

import discord
import pytest
from discord import app_commands

from discord_bot.commands.help import COMMANDS, help_text
from discord_bot.commands.translator import CatalogueTranslator
from discord_bot.commands.tree import COMMANDS as TREE
from discord_bot.commands.tree import Tree
from discord_notices.wording import LANGUAGES, speaking

LOCALES = {"en": "en-US", "de": "de", "es": "es-ES"}
MANAGE = discord.Permissions(manage_guild=True).value


@pytest.fixture
async def payloads() -> dict[str, dict[str, Any]]:
    """What is sent to Discord when commands are synced, by name."""
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = Tree(client)
    await tree.set_translator(CatalogueTranslator())
    assert tree.translator is not None
    found = [await command.get_translated_payload(tree, tree.translator) for command in tree.get_commands()]
    await client.close()
    return {payload["name"]: payload for payload in found}


async def test_every_command_is_there_and_explained(payloads: dict[str, dict[str, Any]]) -> None:
    assert set(payloads) == set(COMMANDS) == {command.name for command in TREE}


async def test_only_who_may_manage_a_server_sees_them_and_only_there(payloads: dict[str, dict[str, Any]]) -> None:
    for payload in payloads.values():
        assert int(payload["default_member_permissions"]) == MANAGE
        assert payload["dm_permission"] is False or payload.get("contexts") == [0]


def texts(payload: dict[str, Any]) -> list[tuple[str, dict[str, str]]]:
    """Each text with its translations: descriptions of the command and its options, and choices."""
    found = [(payload["description"], payload.get("description_localizations") or {})]
    for option in payload.get("options", []):
        found.append((option["description"], option.get("description_localizations") or {}))
        found += [
            (choice["name"], choice.get("name_localizations") or {})
            for choice in option.get("choices", [])
            if choice["name"] not in LANGUAGES.values()
        ]
    return found


async def test_everything_is_said_in_every_language_and_short_enough(payloads: dict[str, dict[str, Any]]) -> None:
    seen = 0
    for payload in payloads.values():
        for english, others in texts(payload):
            seen += 1
            assert {LOCALES[code] for code in LANGUAGES if code != "en"} <= set(others), english
            assert all(0 < len(text) <= 100 for text in (english, *others.values())), english
    assert seen > 40


async def test_the_bot_has_one_translation_for_all_spanish(payloads: dict[str, dict[str, Any]]) -> None:
    said = payloads["live"]["description_localizations"]
    assert said["es-ES"] == said["es-419"]
    assert "fr" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_fits_a_message(language: str) -> None:
    with speaking(language):
        assert len(help_text("https://site.example").text) <= 2000
        assert "/addstreamer" in help_text().text


def test_choices_of_commands_are_values_that_postgres_takes() -> None:
    options = {option.name: option for command in TREE for option in command.parameters}
    assert {choice.value for choice in options["ending"].choices} == {"edit", "delete", "leave"}
    assert {choice.value for choice in options["digest"].choices} == {"none", "daily", "weekly"}
    assert isinstance(options["role"], app_commands.Parameter)
