"""Checks a command as Discord does when it is registered (developer documentation, Application Commands)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from discord_simulator.commands.bodies import COMMANDS
from discord_simulator.errors import FormErrors, check_types

Path = tuple[str | int, ...]
CHAT, USER, MESSAGE = 1, 2, 3  # a command's type
SUBCOMMAND, GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)
NAME: Final = re.compile(r"[-_'\w]{1,32}")
DESCRIPTION, OPTIONS, CHOICES, CHOICE, TOTAL = 100, 25, 25, 100, 8000
LOCALES: Final = (
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
)  # fmt: skip


def check_name(errors: FormErrors, path: Path, name: object, is_chat: bool = True) -> None:
    """Check a name: lower case, without spaces; a menu's command may have both."""
    text = name if isinstance(name, str) else ""
    fits = NAME.fullmatch(text) and text == text.lower() if is_chat else 1 <= len(text) <= 32
    if not fits:
        message = f"Command name is invalid: {text!r}" if text else "This field is required"
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME" if text else "BASE_TYPE_REQUIRED", message)


def check_translations(errors: FormErrors, path: Path, row: Mapping[str, Any], is_chat: bool) -> None:
    """Check the names and descriptions in other languages."""
    for locale, name in (row.get("name_localizations") or {}).items():
        if locale not in LOCALES:
            message = f"Value must be one of {sorted(LOCALES)}."
            errors.add((*path, "name_localizations", locale), "ENUM_TYPE_COERCE", message)
        check_name(errors, (*path, "name_localizations", locale), name, is_chat)
    for locale, text in (row.get("description_localizations") or {}).items():
        errors.text((*path, "description_localizations", locale), text, DESCRIPTION, shortest=1)


def check_choices(errors: FormErrors, path: Path, choices: object, kind: int) -> list[dict[str, Any]]:
    """Check an option's choices and return them."""
    if not errors.many(path, choices, CHOICES) or not isinstance(choices, list):
        return []
    for index, choice in enumerate(choices):
        errors.text((*path, index, "name"), choice.get("name", ""), CHOICE, shortest=1)
        value = choice.get("value")
        if kind == STRING:
            errors.text((*path, index, "value"), value, CHOICE)
        elif not isinstance(value, int if kind == INTEGER else int | float):
            errors.add((*path, index, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')
    return choices


def check_options(errors: FormErrors, path: Path, options: object) -> None:
    """Check the options of a command or subcommand: required ones come first, names occur once."""
    if not errors.many(path, options, OPTIONS) or not isinstance(options, list):
        return
    was_optional, names = False, set()
    for index, option in enumerate(options):
        check_option(errors, (*path, index), option)
        if option.get("required") and was_optional:
            message = "Required options must be placed before non-required options"
            errors.add((*path, index), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        was_optional |= option.get("type") not in (SUBCOMMAND, GROUP) and not option.get("required")
        if option.get("name") in names:
            errors.add((*path, index), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
        names.add(option.get("name"))


def check_option(errors: FormErrors, path: Path, option: Mapping[str, Any]) -> None:
    """Check one option."""
    kind: Any = option.get("type")
    check_name(errors, (*path, "name"), option.get("name"))
    errors.text((*path, "description"), option.get("description", ""), DESCRIPTION, shortest=1)
    check_translations(errors, path, option, is_chat=True)
    if kind not in range(1, 12):
        errors.add((*path, "type"), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(range(1, 12))}.")
    elif kind in (SUBCOMMAND, GROUP):
        check_options(errors, (*path, "options"), option.get("options") or [])
    elif option.get("choices"):
        check_choices(errors, (*path, "choices"), option["choices"], kind)
        if option.get("autocomplete"):
            message = "Options with autocomplete cannot have choices"
            errors.add(path, "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message)


def characters(row: Mapping[str, Any]) -> int:
    """Count the characters of names, descriptions and texts of choices, which have a limit together."""
    own = len(str(row.get("name", ""))) + len(str(row.get("description", "")))
    choices = sum(len(str(each.get("name", ""))) + len(str(each.get("value", ""))) for each in row.get("choices") or [])
    return own + choices + sum(characters(option) for option in row.get("options") or [])


def check_command(errors: FormErrors, path: Path, command: Mapping[str, Any]) -> None:
    """Check a command."""
    is_chat = command.get("type", CHAT) == CHAT
    check_name(errors, (*path, "name"), command.get("name"), is_chat)
    check_translations(errors, path, command, is_chat)
    if is_chat:
        errors.text((*path, "description"), command.get("description", ""), DESCRIPTION, shortest=1)
    elif command.get("description"):
        message = "Context menu commands cannot have description"
        errors.add((*path, "description"), "APPLICATION_COMMAND_INVALID_DESCRIPTION", message)
    check_options(errors, (*path, "options"), command.get("options") or [])
    if characters(command) > TOTAL:
        errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({TOTAL})")


def read_commands(body: object) -> list[dict[str, Any]]:
    """Check all commands of a bulk overwrite and return them. Raises DiscordError 50035."""
    check_types(COMMANDS, body)
    errors, commands = FormErrors(), body if isinstance(body, list) else []
    names = set()
    for index, command in enumerate(commands):
        check_command(errors, (index,), command)
        key = command.get("type", CHAT), command.get("name")
        if key in names:
            message = "Application command names must be unique"
            errors.add((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        names.add(key)
    errors.check()
    return [dict(command) for command in commands]
