"""Buttons and menus below a message, within Discord's limits (developer documentation, Component reference)."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord_simulator.errors import FormErrors
from discord_simulator.messages.embeds import check_url

Path = tuple[str | int, ...]
ROW, BUTTON, MENU, TEXT_INPUT = 1, 2, 3, 4
MENUS: Final = (3, 5, 6, 7, 8)  # of strings, users, roles, both, channels
LINK: Final = 5  # a button's style
ROWS, IN_ROW, OPTIONS = 5, 5, 25
CUSTOM_ID, LABEL, OPTION, PLACEHOLDER = 100, 80, 100, 150


def check_button(errors: FormErrors, path: Path, button: Mapping[str, Any]) -> None:
    """Check a button: a link has an address, any other an id."""
    if button.get("label") is not None:
        errors.text((*path, "label"), button["label"], LABEL)
    elif not button.get("emoji"):
        errors.add((*path, "label"), "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji is required")
    if button.get("style") == LINK:
        check_url(errors, (*path, "url"), button.get("url", ""), ("http", "https", "discord"))
    else:
        errors.text((*path, "custom_id"), button.get("custom_id", ""), CUSTOM_ID, shortest=1)


def check_menu(errors: FormErrors, path: Path, menu: Mapping[str, Any]) -> None:
    """Check a select menu."""
    errors.text((*path, "custom_id"), menu.get("custom_id", ""), CUSTOM_ID, shortest=1)
    if menu.get("placeholder") is not None:
        errors.text((*path, "placeholder"), menu["placeholder"], PLACEHOLDER)
    if menu.get("type") != MENU:
        return
    options = menu.get("options")
    if not options:
        errors.add((*path, "options"), "BASE_TYPE_REQUIRED", "This field is required")
    elif errors.many((*path, "options"), options, OPTIONS):
        for index, option in enumerate(options):
            for key in ("label", "value"):
                errors.text((*path, "options", index, key), option.get(key, ""), OPTION, shortest=1)


def check_row(errors: FormErrors, path: Path, row: Mapping[str, Any]) -> None:
    """Check a row: up to five buttons, or one menu."""
    children = row.get("components")
    if row.get("type") != ROW or not children:
        errors.add((*path, "type"), "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        return
    has_menu = any(child.get("type") in MENUS for child in children)
    errors.many((*path, "components"), children, 1 if has_menu else IN_ROW)
    for index, child in enumerate(children):
        check = check_menu if child.get("type") in MENUS else check_button
        check(errors, (*path, "components", index), child)


def parts(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return the buttons and menus of all rows."""
    return (child for row in components for child in row.get("components", []))


def read_components(errors: FormErrors, components: object) -> list[dict[str, Any]]:
    """Check a message's rows and return them."""
    if components is None or not errors.many(("components",), components, ROWS) or not isinstance(components, list):
        return []
    for index, row in enumerate(components):
        check_row(errors, ("components", index), row if isinstance(row, Mapping) else {})
    rows = [dict(row) for row in components if isinstance(row, Mapping)]
    custom_ids = [str(part["custom_id"]) for part in parts(rows) if part.get("custom_id")]
    if len(custom_ids) != len(set(custom_ids)):
        message = "Component custom id cannot be duplicated"
        errors.add(("components",), "COMPONENT_CUSTOM_ID_DUPLICATED", message)
    return rows
