"""Turns what a person types, such as `/setchannel channel:#live`, into the options of an interaction."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from discord_simulator.commands.definitions import (
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER_OPTION,
)
from discord_simulator.commands.registry import Command, names_of
from discord_simulator.world.guilds import Guild

ID: Final = re.compile(r"(?:<(?:@!?|@&|#))?(\d{15,20})>?", re.ASCII)
YES, NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class TypingError(ValueError):
    """What the person must type otherwise."""


@dataclass(frozen=True)
class Typed:
    """A command with its options as an interaction has them, and the option that was typed last."""

    command: Command
    options: list[dict[str, Any]]
    last_option: dict[str, Any] | None = None  # the definition


def command_name(text: str) -> str:
    """Return the command's name. Raises TypingError."""
    words = text.strip().split(maxsplit=1)
    if not words or not words[0].startswith("/") or len(words[0]) < 2:
        raise TypingError("A command begins with a slash, such as /help.")
    return words[0][1:]


def read_typed(text: str, command: Command, guild: Guild, is_partial: bool = False) -> Typed:
    """Read a typed command. `is_partial`: it is still being typed, so nothing is refused. Raises TypingError."""
    rest = text.lstrip().partition(" ")[2]
    definitions = command.get("options") or []
    path: list[dict[str, Any]] = []
    while definitions and definitions[0]["type"] in (SUBCOMMAND, GROUP):
        word, _, rest = rest.strip().partition(" ")
        chosen = next((each for each in definitions if word in names_of(each)), None)
        if chosen is None:
            raise TypingError("Choose one of: " + ", ".join(each["name"] for each in definitions))
        path.append(chosen)
        definitions = chosen.get("options") or []
    values = split_values(rest, definitions)
    last = values[-1][0] if values else None
    if is_partial:
        options = [*readable(values[:-1], guild), *({**plain(each), "value": text} for each, text in values[-1:])]
    else:
        options = [read_value(definition, value, guild) for definition, value in values]
        require(definitions, {definition["name"] for definition, _ in values})
    for each in reversed(path):
        options = [{"name": each["name"], "type": each["type"], "options": options}]
    return Typed(command, options, last)


def split_values(text: str, definitions: list[dict[str, Any]]) -> list[tuple[dict[str, Any], str]]:
    """Split `name:value name:value`; a text without a name belongs to the first option. Raises TypingError."""
    by_name = {name: each for each in definitions for name in names_of(each)}
    names = "|".join(re.escape(name) for name in sorted(by_name, key=len, reverse=True))
    marks = list(re.finditer(rf"(?:^|(?<=\s))({names}):\s?", text)) if names else []
    before = text[: marks[0].start()].strip() if marks else text.strip()
    if before and not definitions:
        raise TypingError("This command has no options.")
    found = [(definitions[0], before)] if before else []
    ends = [*(mark.start() for mark in marks), len(text)][1:]
    for mark, end in zip(marks, ends, strict=True):
        found.append((by_name[mark[1]], text[mark.end() : end].strip()))
    return found


def require(definitions: list[dict[str, Any]], given: set[str]) -> None:
    """Raise TypingError if a required option is missing."""
    missing = [each["name"] for each in definitions if each.get("required") and each["name"] not in given]
    if missing:
        raise TypingError("Missing: " + ", ".join(missing))


def plain(definition: dict[str, Any]) -> dict[str, Any]:
    """Return an option without its value."""
    return {"name": definition["name"], "type": definition["type"]}


def readable(values: list[tuple[dict[str, Any], str]], guild: Guild) -> Iterator[dict[str, Any]]:
    """Return the options of a half-typed command that can be read already."""
    for definition, text in values:
        with suppress(TypingError):
            yield read_value(definition, text, guild)


def read_value(definition: dict[str, Any], text: str, guild: Guild) -> dict[str, Any]:
    """Return an option with its value. Raises TypingError."""
    row = plain(definition)
    choices = definition.get("choices") or []
    if choices:
        return row | {"value": chosen_value(choices, text, definition["name"])}
    reader = READERS.get(definition["type"])
    if reader is None:
        raise TypingError(f"{definition['name']} is a file, which the simulator does not take")
    value = reader(definition, text, guild)
    check_bounds(definition, value)
    return row | {"value": value}


def chosen_value(choices: list[dict[str, Any]], text: str, name: str) -> Any:
    """Return the value of the choice with this name or value. Raises TypingError."""
    for choice in choices:
        names = [*names_of(choice), str(choice["value"])]
        if text.casefold() in (each.casefold() for each in names):
            return choice["value"]
    raise TypingError(f"{name} must be one of: " + ", ".join(each["name"] for each in choices))


def check_bounds(definition: dict[str, Any], value: Any) -> None:
    """Raise TypingError if a number or text is too small or large."""
    size = len(value) if isinstance(value, str) and definition["type"] == STRING else value
    keys = ("min_length", "max_length") if definition["type"] == STRING else ("min_value", "max_value")
    least, most = (definition.get(key) for key in keys)
    if least is not None and size < least:
        raise TypingError(f"{definition['name']} must be at least {least}")
    if most is not None and size > most:
        raise TypingError(f"{definition['name']} must be at most {most}")


def read_number(definition: dict[str, Any], text: str, _guild: Guild) -> float:
    """Read a number."""
    try:
        return int(text) if definition["type"] == INTEGER else float(text)
    except ValueError:
        raise TypingError(f"{definition['name']} must be a number") from None


def read_boolean(definition: dict[str, Any], text: str, _guild: Guild) -> bool:
    """Read yes or no."""
    if text.casefold() not in YES + NO:
        raise TypingError(f"{definition['name']} must be True or False")
    return text.casefold() in YES


def named_id(text: str, names: dict[int, str], prefix: str, what: str) -> str:
    """Return the id of a name, mention or id. Raises TypingError."""
    match = ID.fullmatch(text)
    if match and int(match[1]) in names:
        return match[1]
    wanted = text.removeprefix(prefix).casefold()
    for number, name in names.items():
        if wanted == name.removeprefix(prefix).casefold():
            return str(number)
    raise TypingError(f"there is no {what} {text!r}")


def channel_id(definition: dict[str, Any], text: str, guild: Guild) -> str:
    """Read a channel of a wanted type."""
    kinds = definition.get("channel_types")
    channels = (each for each in guild.channels.values() if not kinds or each.kind in kinds)
    return named_id(text, {each.channel_id: each.name for each in channels}, "#", "channel")


def role_id(_definition: dict[str, Any], text: str, guild: Guild) -> str:
    """Read a role."""
    return named_id(text, {role.role_id: role.name for role in guild.roles.values()}, "@", "role")


def user_id(_definition: dict[str, Any], text: str, guild: Guild) -> str:
    """Read a member."""
    names = {number: member.user.name for number, member in guild.members.items()}
    shown = {number: member.shown_name() for number, member in guild.members.items()}
    try:
        return named_id(text, shown, "@", "member")
    except TypingError:
        return named_id(text, names, "@", "member")


def mentionable_id(definition: dict[str, Any], text: str, guild: Guild) -> str:
    """Read a role or a member."""
    try:
        return role_id(definition, text, guild)
    except TypingError:
        return user_id(definition, text, guild)


READERS: Final[dict[int, Callable[[dict[str, Any], str, Guild], Any]]] = {
    STRING: lambda _definition, text, _guild: text,
    INTEGER: read_number,
    BOOLEAN: read_boolean,
    USER_OPTION: user_id,
    CHANNEL: channel_id,
    ROLE: role_id,
    MENTIONABLE: mentionable_id,
    NUMBER: read_number,
}
