"""The control API for tests: bursts, scripted messages and every fault, as JSON over POST."""

from random import Random
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, HTTPException

from twitch_simulator.control.orders import (
    BurstOrder,
    CountOrder,
    HelixFaultOrder,
    MessagesOrder,
    NoticeOrder,
    PlayOrder,
    RefuseOrder,
    RevokeOrder,
    RuleOrder,
    SecondsOrder,
    StreamOrder,
)
from twitch_simulator.crowd.bursts import Burst, PlannedMessage, shape_of
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.directory import StreamChange
from twitch_simulator.crowd.emotes import emotes_tag
from twitch_simulator.crowd.plays import Script
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.faults import EndpointFault, Refusal
from twitch_simulator.twitch import Twitch


def channel_of(twitch: Twitch, login: str) -> Channel:
    """The channel of a login; answers 404 where there is none."""
    channel = twitch.directory.by_login.get(login.lower())
    if channel is None:
        raise HTTPException(404, f"no channel has the login {login}")
    return channel


def chatter_of(user: str | int) -> Chatter:
    """The person that a scripted line's `user` stands for; equal names are one person."""
    name = str(user)
    user_id = str(2_000_000_000 + Random(f"scripted:{name}").randrange(900_000_000))
    login = "".join(char for char in name.lower() if char.isascii() and (char.isalnum() or char == "_")) or "viewer"
    return Chatter(user_id, login if not login.isdigit() else f"viewer{login}", name, 0, False, "")


def say(twitch: Twitch, order: MessagesOrder) -> list[dict[str, Any]]:
    """Let scripted lines be said now, in their order."""
    channel, now = channel_of(twitch, order.login), twitch.clock.machine()
    planned = []
    for line in order.lines:
        text = " ".join(line.text.splitlines())
        said = ChatText(text, emotes_tag(text))
        planned.append(PlannedMessage(now, channel, chatter_of(line.user), said, str(uuid4())))
    twitch.delivery.send(planned, now)
    twitch.rooms.flush()
    row = {"channel_id": channel.channel_id, "sent_at": now + twitch.clock.offset_ms}
    return [{"message_id": message.message_id} | row for message in planned]


def chat_orders(twitch: Twitch) -> APIRouter:
    """What people say and do."""
    router = APIRouter(prefix="/control")

    @router.post("/burst")
    async def burst(order: BurstOrder) -> dict[str, Any]:
        channel, now = channel_of(twitch, order.login), twitch.clock.machine()
        shape = shape_of(order.seconds)
        planned = Burst(channel, now, shape, order.messages_per_second, order.chatters, order.emote)
        return twitch.speech.burst(planned, Random(uuid4().int))

    @router.post("/messages")
    async def messages(order: MessagesOrder) -> dict[str, Any]:
        return {"sent": say(twitch, order)}

    @router.post("/notice")
    async def notice(order: NoticeOrder) -> dict[str, Any]:
        return twitch.events.happen(channel_of(twitch, order.login), order.kind, order.amount, order.seconds)

    @router.post("/play")
    async def play(order: PlayOrder) -> dict[str, Any]:
        channel, rng = channel_of(twitch, order.login), Random(uuid4().int)
        burst = twitch.stage.burst(rng, channel, order.people) if order.burst else None
        return twitch.stage.start(Script(order.kind, order.people, order.seconds, order.amount, burst), channel, rng)

    @router.post("/rule")
    async def rule(order: RuleOrder) -> dict[str, Any]:
        return twitch.events.rule(channel_of(twitch, order.login), order.rule, order.value)

    @router.post("/stream")
    async def stream(order: StreamOrder) -> dict[str, Any]:
        channel = channel_of(twitch, order.login)
        game_id = twitch.directory.game_id(order.game_name) if order.game_name else None
        change = StreamChange(order.live, None, order.title, game_id, order.viewer_count)
        running = twitch.directory.change(channel, change)
        return {"login": channel.login, "live": running is not None, "stream_id": running and running.stream_id}

    return router


def helix_orders(twitch: Twitch) -> APIRouter:
    """Requests that are refused or fail."""
    router, faults = APIRouter(prefix="/control"), twitch.faults

    @router.post("/refuse_clips")
    async def refuse_clips(order: RefuseOrder) -> dict[str, Any]:
        channel_id = channel_of(twitch, order.login).channel_id if order.login else ""
        faults.refusals.append(Refusal(channel_id, order.status, order.message, order.count))
        return {"channel_id": channel_id, "count": order.count}

    @router.post("/helix_fault")
    async def helix_fault(order: HelixFaultOrder) -> dict[str, Any]:
        if order.count == 0:  # takes back what was ordered for the endpoint
            faults.endpoints = [fault for fault in faults.endpoints if fault.endpoint != order.endpoint]
        else:
            faults.endpoints.append(EndpointFault(**order.model_dump()))
        return {"waiting": sum(fault.count for fault in faults.endpoints)}

    return router


def clip_orders(twitch: Twitch) -> APIRouter:
    """Clips that come late or never."""
    router, faults = APIRouter(prefix="/control"), twitch.faults

    @router.post("/clip_delay")
    async def clip_delay(order: SecondsOrder) -> dict[str, Any]:
        twitch.clips.delay_seconds = order.seconds
        return {"seconds": order.seconds}

    @router.post("/never_appear")
    async def never_appear(order: CountOrder) -> dict[str, Any]:
        faults.never_appear = order.count
        return {"count": order.count}

    return router


def token_orders(twitch: Twitch) -> APIRouter:
    """Tokens that turn bad and good again."""
    router = APIRouter(prefix="/control")

    @router.post("/revoke")
    async def revoke(order: RevokeOrder) -> dict[str, Any]:
        return {"revoked": twitch.tokens.revoke_users(order.refresh)}

    @router.post("/token_lifetime")
    async def token_lifetime(order: SecondsOrder) -> dict[str, Any]:
        twitch.tokens.lifetime_seconds = round(order.seconds)
        return {"seconds": twitch.tokens.lifetime_seconds}

    @router.post("/restore")
    async def restore() -> dict[str, Any]:
        twitch.tokens.restore()
        return {"restored": True}

    return router
