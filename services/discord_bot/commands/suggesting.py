"""Suggests names and games while somebody types; whatever goes wrong, it suggests nothing."""

from collections.abc import Iterable

from discord import app_commands

from discord_bot.commands.calling import Interaction, client_of, may_use
from service_runtime.postgres import PostgresAwayError

Choices = list[app_commands.Choice[str]]
MOST_NAME, MOST_VALUE = 100, 100  # characters of a suggestion


def choices_of(found: Iterable[tuple[str, str]]) -> Choices:
    """Return suggestions that Discord takes."""
    return [
        app_commands.Choice(name=name[:MOST_NAME], value=value)
        for name, value in found
        if name and len(value) <= MOST_VALUE
    ]


def begun_list(typed: str) -> tuple[str, str]:
    """Split a list into what is complete and the entry that is being typed."""
    before, comma, last = typed.rpartition(",")
    return (f"{before}, " if comma else ""), last.strip()


async def streamers(interaction: Interaction, typed: str) -> Choices:
    """Suggest streamers that are known; the last one of a list."""
    if not may_use(interaction):
        return []
    before, last = begun_list(typed)
    if not last:
        return []
    try:
        found = await client_of(interaction).desk.suggestions.streamers(last)
    except PostgresAwayError:
        return []
    return choices_of((f"{before}{name}", f"{before}{login}") for name, login in found)


async def follows(interaction: Interaction, typed: str) -> Choices:
    """Suggest whom the server follows."""
    if not may_use(interaction) or interaction.guild_id is None:
        return []
    try:
        found = await client_of(interaction).desk.suggestions.follows(interaction.guild_id, typed)
    except PostgresAwayError:
        return []
    return choices_of(found)


async def games(interaction: Interaction, typed: str) -> Choices:
    """Suggest games; the last one of a list."""
    if not may_use(interaction):
        return []
    before, last = begun_list(typed)
    try:
        found = await client_of(interaction).desk.suggestions.games(last)
    except PostgresAwayError:
        return []
    return choices_of((f"{before}{name}", f"{before}{name}") for name in found)
