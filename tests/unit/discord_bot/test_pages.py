"""The buttons under a list: where they lead, and that they are read again after a restart."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from unit.discord_bot.test_answering import Call, Guilds

from discord_bot.commands.desk import Reply
from discord_bot.commands.pages import NEXT, PREVIOUS, PageButton, view_of


def ids(reply: Reply) -> list[tuple[str, str]]:
    """The buttons' labels and ids."""
    view = view_of(reply)
    return [] if view is None else [(each.item.label, each.custom_id) for each in view.children]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("page", "pages", "buttons"),
    [
        (1, 1, []),
        (1, 3, [(NEXT, "streamers:2")]),
        (2, 3, [(PREVIOUS, "streamers:1"), (NEXT, "streamers:3")]),
        (3, 3, [(PREVIOUS, "streamers:2")]),
    ],
)
async def test_buttons_lead_to_the_pages_beside(page: int, pages: int, buttons: list[tuple[str, str]]) -> None:
    assert ids(Reply("x", page=page, pages=pages)) == buttons


async def test_a_button_works_after_a_restart() -> None:
    """Nothing but its id is known then."""
    match = re.fullmatch(PageButton.__discord_ui_compiled_template__, "streamers:7")
    assert match is not None
    button = await PageButton.from_custom_id(None, SimpleNamespace(label=NEXT), match)  # type: ignore[arg-type]
    assert (button.page, button.item.label) == (7, NEXT)
    assert re.fullmatch(PageButton.__discord_ui_compiled_template__, "streamers:x") is None


async def test_who_may_not_manage_the_server_turns_no_page() -> None:
    call = Call(Guilds("en"), may_manage=False)
    shown: list[dict[str, Any]] = []

    async def edit(**options: Any) -> None:
        shown.append(options)

    call.edit_original_response = edit  # type: ignore[attr-defined]
    await PageButton(2, NEXT).callback(call)  # type: ignore[arg-type]
    assert "Manage Server" in shown[0]["content"]
    assert shown[0]["view"] is None
