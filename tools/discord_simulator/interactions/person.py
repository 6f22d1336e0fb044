"""What a person does: types a command, clicks, chooses, fills in a form; and waits for the answer."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any, Final

from discord_simulator.commands.registry import Command, Commands, is_permitted
from discord_simulator.commands.typed import Typed, TypingError, command_name, read_typed
from discord_simulator.errors import DiscordError
from discord_simulator.interactions.desk import Desk
from discord_simulator.interactions.interaction import ANSWER_MS, AUTOCOMPLETE, COMMAND, COMPONENT, FORM, Interaction
from discord_simulator.interactions.resolved import OF_MENU, chosen, resolve
from discord_simulator.messages.components import BUTTON, LINK, parts
from discord_simulator.messages.history import History
from discord_simulator.world.guilds import Channel, Guild
from discord_simulator.world.people import User
from discord_simulator.world.permissions import Permission

NO_ANSWER: Final = "The application did not respond"
LABEL: Final = 18  # a form's part that holds one field


class Person:
    """One person in one channel."""

    def __init__(
        self, *, user: User, guild: Guild, channel: Channel, commands: Commands, desk: Desk, history: History
    ) -> None:
        self.user, self.guild, self.channel = user, guild, channel
        self._commands, self._desk, self._history = commands, desk, history

    def offered(self) -> list[Command]:
        """Return the commands that Discord shows to this person."""
        return self._commands.offered(self.guild, self.channel, self.user.user_id)

    def _command(self, name: str, must_be_offered: bool) -> Command:
        """Return a command. Raises TypingError if there is none, or none for this person."""
        try:
            command = self._commands.named(self.guild, name)
        except DiscordError:
            raise TypingError(f"There is no command /{name}.") from None
        permissions = self.guild.permissions(self.user.user_id, self.channel)
        if must_be_offered and not is_permitted(command, permissions):
            raise TypingError(f"Discord does not offer /{name} to this person.")
        if not permissions & Permission.USE_APPLICATION_COMMANDS:
            raise TypingError("This person may not use commands here.")
        return command

    def type(self, text: str, must_be_offered: bool = True) -> Interaction:
        """Send a command. `must_be_offered` False: a server's owner has allowed it. Raises TypingError."""
        command = self._command(command_name(text), must_be_offered)
        typed = read_typed(text, command, self.guild)
        return self._desk.start(COMMAND, (self.guild, self.channel), self.user, self._data(typed))

    def _data(self, typed: Typed) -> dict[str, Any]:
        command = typed.command
        data = {"id": command["id"], "name": command["name"], "type": command["type"], "options": typed.options}
        resolved = resolve(self.guild, self.user.user_id, chosen(typed.options))
        where = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        return data | where | ({"resolved": resolved} if resolved else {})

    def begin_suggestions(self, text: str) -> Interaction | None:
        """Ask the bot what to suggest for the option that is being typed; None if it suggests nothing."""
        typed = read_typed(text, self._command(command_name(text), True), self.guild, is_partial=True)
        if typed.last_option is None or not typed.last_option.get("autocomplete"):
            return None
        for option in leaves(typed.options):
            if option["name"] == typed.last_option["name"]:
                option["focused"] = True
        return self._desk.start(AUTOCOMPLETE, (self.guild, self.channel), self.user, self._data(typed))

    def press(self, message_id: int, custom_id: str, values: list[str] | None = None) -> Interaction:
        """Click a button, or choose from a menu. Raises TypingError."""
        seen = self._history.seen_by(self.channel.channel_id, self.user.user_id)
        message = next((each for each in seen if each.message_id == message_id), None)
        shown = parts(message.components) if message else ()
        part = next((each for each in shown if each.get("custom_id") == custom_id), None)
        if message is None or part is None or part.get("disabled") or part.get("style") == LINK:
            raise TypingError("There is nothing to press.")
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": part["type"]}
        if part["type"] != BUTTON:
            data["values"] = values or []
            named = ((OF_MENU[part["type"]], value) for value in values or [] if part["type"] in OF_MENU)
            resolved = resolve(self.guild, self.user.user_id, named)
            data |= {"resolved": resolved} if resolved else {}
        return self._desk.start(COMPONENT, (self.guild, self.channel), self.user, data, message)

    def send_form(self, values: Mapping[str, str]) -> Interaction:
        """Send the form that is open. Raises TypingError if none is."""
        origin = self._desk.latest(self.user.user_id, self.channel.channel_id)
        if origin is None or origin.modal is None:
            raise TypingError("No form is open.")
        modal = origin.modal
        origin.close_modal()
        data = {
            "custom_id": modal["custom_id"],
            "components": [filled(part, values) for part in modal["components"]],
        }
        place = self.guild, self.channel
        return self._desk.start(FORM, place, self.user, data, origin.message, origin)

    async def wait(self, interaction: Interaction) -> bool:
        """Wait for the bot's first answer; return whether it came in time."""
        try:
            await asyncio.wait_for(interaction.answered.wait(), ANSWER_MS / 1000)
        except TimeoutError:
            self._desk.give_up(interaction)
            return False
        return True


def leaves(options: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Return the options with values, in subcommands too."""
    for option in options:
        if "options" in option:
            yield from leaves(option["options"])
        else:
            yield option


def form_fields(modal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a form's fields, each with its label."""
    found = []
    for part in modal["components"]:
        if part["type"] == LABEL:
            found.append(part["component"] | {"label": part.get("label", "")})
        else:
            found += part.get("components", [])
    return found


def filled(part: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Return a part of a form with what the person filled in."""

    def field(row: Mapping[str, Any]) -> dict[str, Any]:
        given = values.get(row["custom_id"], row.get("value") or "")
        is_menu = "options" in row
        value: dict[str, Any] = {"values": [given] if given else []} if is_menu else {"value": given}
        return {"id": row.get("id", 0), "type": row["type"], "custom_id": row["custom_id"]} | value

    if part["type"] == LABEL:
        return {"id": part.get("id", 0), "type": LABEL, "component": field(part["component"])}
    children = [field(each) for each in part.get("components", [])]
    return {"id": part.get("id", 0), "type": part["type"], "components": children}
