"""The control API's routes for what people do, and for messages."""

import asyncio
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, HTTPException

from discord_simulator.commands.typed import TypingError
from discord_simulator.control.orders import (
    CodeOrder,
    CommandOrder,
    FormOrder,
    MessageOrder,
    PlaceOrder,
    PressOrder,
    SayOrder,
)
from discord_simulator.control.world_routes import channel_of
from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError
from discord_simulator.interactions.interaction import Interaction
from discord_simulator.interactions.person import Person
from discord_simulator.messages.drafts import read_draft

# A bot knows its form only once Discord has answered that the form was opened; no person is faster than that.
REACTION_SECONDS = 0.1


def person_of(discord: Discord, channel_id: int, user_id: int) -> Person:
    """Return a member in a channel; answer 404 if there is none."""
    guild, channel = channel_of(discord, channel_id)
    if user_id not in guild.members:
        raise HTTPException(404, f"there is no member {user_id}")
    return discord.person(guild, channel, guild.members[user_id].user)


async def outcome(discord: Discord, person: Person, interaction: Interaction) -> dict[str, Any]:
    """Wait for the bot's first answer and return it."""
    in_time = await person.wait(interaction)
    message = interaction.original
    if interaction.modal:
        await asyncio.sleep(REACTION_SECONDS)
    return {
        "interaction_id": str(interaction.interaction_id),
        "answered": in_time,
        "answer": interaction.answer_kind,
        "ephemeral": bool(message and message.is_ephemeral),
        "message": message.shape(discord.world.users) if message else None,
        "modal": interaction.modal,
        "choices": interaction.choices,
    }


async def wait_for(discord: Discord, order: PlaceOrder, act: Callable[[Person], Interaction | None]) -> dict[str, Any]:
    """Let a person do something and wait for the bot's first answer; answer 422 to what cannot be done."""
    person = person_of(discord, order.channel_id, order.user_id)
    try:
        interaction = act(person)
    except TypingError as error:
        raise HTTPException(422, str(error)) from error
    return await outcome(discord, person, interaction) if interaction else {"choices": []}


def command_routes(discord: Discord) -> APIRouter:
    """Build the routes for commands; each waits for the bot's first answer."""
    router = APIRouter(prefix="/control")

    @router.post("/command")
    async def command(order: CommandOrder) -> dict[str, Any]:
        return await wait_for(discord, order, lambda person: person.type(order.text, must_be_offered=not order.force))

    @router.post("/suggest")
    async def suggest(order: CommandOrder) -> dict[str, Any]:
        return await wait_for(discord, order, lambda person: person.begin_suggestions(order.text))

    @router.get("/offered")
    async def offered(channel_id: int, user_id: int) -> list[dict[str, Any]]:
        return person_of(discord, channel_id, user_id).offered()

    return router


def component_routes(discord: Discord) -> APIRouter:
    """Build the routes for buttons, menus and forms; each waits for the bot's first answer."""
    router = APIRouter(prefix="/control")

    @router.post("/press")
    async def press(order: PressOrder) -> dict[str, Any]:
        message_id, custom_id = order.message_id, order.custom_id
        return await wait_for(discord, order, lambda person: person.press(message_id, custom_id, order.values))

    @router.post("/form")
    async def form(order: FormOrder) -> dict[str, Any]:
        return await wait_for(discord, order, lambda person: person.send_form(order.values))

    return router


def message_routes(discord: Discord) -> APIRouter:
    """Build the routes for messages."""
    router = APIRouter(prefix="/control")

    @router.post("/say")
    async def say(order: SayOrder) -> dict[str, Any]:
        try:
            message = discord.posting.send(order.user_id, order.channel_id, read_draft({"content": order.content}))
        except DiscordError as error:
            raise HTTPException(422, str(error)) from error
        return message.shape(discord.world.users)

    @router.get("/messages")
    async def messages(channel_id: int, user_id: int = 0) -> list[dict[str, Any]]:
        channel_of(discord, channel_id)
        found = discord.posting.history.seen_by(channel_id, user_id or None)
        return [message.shape(discord.world.users) for message in found]

    return router


def history_routes(discord: Discord) -> APIRouter:
    """Build the routes that change what has been sent, and the one for codes without a page."""
    router = APIRouter(prefix="/control")

    @router.post("/age")
    async def age(order: MessageOrder) -> dict[str, Any]:
        message = discord.posting.history.find(order.channel_id, order.message_id)
        message.age(round(order.seconds * 1000))
        return message.shape(discord.world.users)

    @router.post("/delete_message")
    async def delete_message(order: MessageOrder) -> dict[str, Any]:
        message = discord.posting.history.find(order.channel_id, order.message_id)
        discord.posting.remove(message)
        return message.shape(discord.world.users)

    @router.post("/code")
    async def code(order: CodeOrder) -> dict[str, Any]:
        return {"code": discord.grants.new_code(order.user_id, order.redirect_uri, tuple(order.scopes))}

    return router
