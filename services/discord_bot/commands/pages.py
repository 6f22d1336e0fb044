"""The pages of a list, turned by buttons that work after a restart too: all they need stands in their ids."""

import re
from typing import Any, Self

import discord
from discord import ui

from discord_bot.commands import lists
from discord_bot.commands.calling import Interaction, client_of, replied
from discord_bot.commands.desk import Reply

PREVIOUS, NEXT = "◀", "▶"


class PageButton(ui.DynamicItem[ui.Button[Any]], template=r"streamers:(?P<page>[0-9]{1,3})"):
    """Shows another page of /streamers in the place of this one."""

    def __init__(self, page: int, label: str) -> None:
        super().__init__(ui.Button(label=label, custom_id=f"streamers:{page}"))
        self.page = page

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        """Read the button that was pressed."""
        return cls(int(match["page"]), getattr(item, "label", "") or "")

    async def callback(self, interaction: Interaction) -> None:
        """Show the page."""
        if not client_of(interaction).holds():
            return
        await interaction.response.defer()
        _, reply = await replied(interaction, lambda desk, caller: lists.streamers(desk, caller, self.page))
        await interaction.edit_original_response(
            content=reply.text, view=view_of(reply), allowed_mentions=discord.AllowedMentions.none()
        )


def view_of(reply: Reply) -> ui.View | None:
    """Return the buttons of a reply; None if it has one page."""
    if reply.pages <= 1:
        return None
    view = ui.View(timeout=None)
    if reply.page > 1:
        view.add_item(PageButton(reply.page - 1, PREVIOUS))
    if reply.page < reply.pages:
        view.add_item(PageButton(reply.page + 1, NEXT))
    return view
