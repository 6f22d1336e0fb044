"""The bot's answers to interactions; the interaction's token is all that is asked for."""

from typing import Any

from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.rest.call import Call
from discord_simulator.rest.gate import NOBODY, Endpoint

WEBHOOK = "/webhooks/{application_id}/{token}"


class InteractionRoutes:
    """The handlers."""

    def __init__(self, discord: Discord) -> None:
        self._desk, self._world = discord.desk, discord.world

    def callback(self, call: Call) -> Any:
        """Take the first answer."""
        number = call.number("interaction_id", 10062)
        told = self._desk.callback(number, call.path["token"], call.fields(), call.files)
        return told if call.query.get("with_response") in ("1", "true") else None

    def _token(self, call: Call) -> str:
        """Return an interaction's token. Raises DiscordError 10015 for another application."""
        if call.path["application_id"] != str(self._world.bot.user_id):
            raise DiscordError(10015)
        return call.path["token"]

    def follow_up(self, call: Call) -> Any:
        """Answer further."""
        return self._desk.follow_up(self._token(call), call.fields(), call.files).shape(self._world.users)

    def find(self, call: Call) -> Any:
        """Return an answer."""
        return self._desk.own(self._token(call), call.path["message_id"]).shape(self._world.users)

    def edit(self, call: Call) -> Any:
        """Edit an answer."""
        place = self._token(call), call.path["message_id"]
        return self._desk.edit(*place, call.fields(), call.files).shape(self._world.users)

    def delete(self, call: Call) -> None:
        """Delete an answer."""
        self._desk.delete(self._token(call), call.path["message_id"])

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints."""
        return [
            Endpoint("POST /interactions/{interaction_id}/{token}/callback", self.callback, NOBODY),
            Endpoint(f"POST {WEBHOOK}", self.follow_up, NOBODY),
            Endpoint(f"GET {WEBHOOK}/messages/{{message_id}}", self.find, NOBODY),
            Endpoint(f"PATCH {WEBHOOK}/messages/{{message_id}}", self.edit, NOBODY),
            Endpoint(f"DELETE {WEBHOOK}/messages/{{message_id}}", self.delete, NOBODY),
        ]
