"""The control API's routes for chat, clips, Helix and tokens."""

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
    RenameOrder,
    RevokeOrder,
    RuleOrder,
    ScopesOrder,
    SecondsOrder,
    SharedChatOrder,
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
    """Return the channel of a login; answer 404 if there is none."""
    channel = twitch.directory.by_login.get(login.lower())
    if channel is None:
        raise HTTPException(404, f"no channel has the login {login}")
    return channel


def chatter_of(user: str | int) -> Chatter:
    """Return the person for a scripted line's `user`; equal names are the same person."""
    name = str(user)
    user_id = str(2_000_000_000 + Random(f"scripted:{name}").randrange(900_000_000))
    login = "".join(char for char in name.lower() if char.isascii() and (char.isalnum() or char == "_")) or "viewer"
    return Chatter(
        user_id=user_id,
        login=f"viewer{login}" if login.isdigit() else login,
        display_name=name,
        subscriber_months=0,
        moderator=False,
        color="",
    )


def send_messages(twitch: Twitch, order: MessagesOrder) -> list[dict[str, Any]]:
    """Send scripted lines now, in order."""
    channel, now = channel_of(twitch, order.login), twitch.clock.machine()
    planned = []
    for line in order.lines:
        text = " ".join(line.text.splitlines())
        content = ChatText(text, emotes_tag(text))
        message = PlannedMessage(
            at=now, channel=channel, chatter=chatter_of(line.user), text=content, message_id=str(uuid4())
        )
        planned.append(message)
    twitch.delivery.send(planned, now)
    twitch.rooms.flush()
    row = {"channel_id": channel.channel_id, "sent_at": now + twitch.clock.offset_ms}
    return [{"message_id": message.message_id} | row for message in planned]


def chat_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for bursts and scripted messages."""
    router = APIRouter(prefix="/control")

    @router.post("/burst")
    async def burst(order: BurstOrder) -> dict[str, Any]:
        channel, now = channel_of(twitch, order.login), twitch.clock.machine()
        planned = Burst(
            channel=channel,
            starts_at=now,
            shape=shape_of(order.seconds),
            messages_per_second=order.messages_per_second,
            chatters=order.chatters,
            emote=order.emote,
        )
        return twitch.chat_schedule.burst(planned, Random(uuid4().int))

    @router.post("/messages")
    async def messages(order: MessagesOrder) -> dict[str, Any]:
        return {"sent": send_messages(twitch, order)}

    return router


def event_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for notices, plays and rules."""
    router = APIRouter(prefix="/control")

    @router.post("/notice")
    async def notice(order: NoticeOrder) -> dict[str, Any]:
        return twitch.events.emit(channel_of(twitch, order.login), order.kind, order.amount, order.seconds)

    @router.post("/play")
    async def play(order: PlayOrder) -> dict[str, Any]:
        channel, rng = channel_of(twitch, order.login), Random(uuid4().int)
        burst = twitch.play_runner.burst(rng, channel, order.people) if order.burst else None
        script = Script(kind=order.kind, people=order.people, seconds=order.seconds, amount=order.amount, burst=burst)
        return twitch.play_runner.start(script, channel, rng)

    @router.post("/rule")
    async def rule(order: RuleOrder) -> dict[str, Any]:
        return twitch.events.change_rule(channel_of(twitch, order.login), order.rule, order.value)

    return router


def stream_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for streams and for channels' names."""
    router = APIRouter(prefix="/control")

    @router.post("/stream")
    async def stream(order: StreamOrder) -> dict[str, Any]:
        channel = channel_of(twitch, order.login)
        game_id = twitch.directory.game_id(order.game_name) if order.game_name else None
        change = StreamChange(live=order.live, title=order.title, game_id=game_id, viewers=order.viewer_count)
        twitch.archives.look()  # the recording of a stream that ends now stays
        running = twitch.directory.change(channel, change)
        return {"login": channel.login, "live": running is not None, "stream_id": running and running.stream_id}

    @router.post("/rename")
    async def rename(order: RenameOrder) -> dict[str, Any]:
        channel = channel_of(twitch, order.login)
        if order.new_login in twitch.directory.by_login:
            raise HTTPException(409, f"{order.new_login} is taken")
        twitch.directory.rename(channel, order.new_login)
        return {"login": channel.login, "channel_id": channel.channel_id}

    return router


def session_routes(twitch: Twitch) -> APIRouter:
    """Build the route for Shared Chat sessions."""
    router = APIRouter(prefix="/control")

    @router.post("/shared_chat")
    async def shared_chat(order: SharedChatOrder) -> dict[str, Any]:
        channels, sessions = [channel_of(twitch, login) for login in order.logins], twitch.delivery.shared_chat
        if order.end:
            for channel in channels:
                sessions.leave(channel.login)
        else:
            sessions.start(channels)
        return {channel.login: sessions.is_open(channel.login) for channel in channels}

    return router


def fault_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for refused and failing requests."""
    router, faults = APIRouter(prefix="/control"), twitch.faults

    @router.post("/refuse_clips")
    async def refuse_clips(order: RefuseOrder) -> dict[str, Any]:
        channel_id = channel_of(twitch, order.login).channel_id if order.login else ""
        faults.refusals.append(Refusal(channel_id, order.status, order.message, order.count))
        return {"channel_id": channel_id, "count": order.count}

    @router.post("/helix_fault")
    async def helix_fault(order: HelixFaultOrder) -> dict[str, Any]:
        faults.set_endpoint(EndpointFault(**order.model_dump()))
        return {"waiting": sum(fault.count for fault in faults.endpoints)}

    return router


def clip_fault_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for late and missing clips."""
    router, faults = APIRouter(prefix="/control"), twitch.faults

    @router.post("/clip_delay")
    async def clip_delay(order: SecondsOrder) -> dict[str, Any]:
        twitch.clips.set_delay(order.seconds)
        return {"seconds": order.seconds}

    @router.post("/never_appear")
    async def never_appear(order: CountOrder) -> dict[str, Any]:
        faults.set_never_appear(order.count)
        return {"count": order.count}

    return router


def token_routes(twitch: Twitch) -> APIRouter:
    """Build the routes that invalidate and restore tokens."""
    router = APIRouter(prefix="/control")

    @router.post("/revoke")
    async def revoke(order: RevokeOrder) -> dict[str, Any]:
        return {"revoked": twitch.tokens.revoke_users(order.refresh)}

    @router.post("/token_lifetime")
    async def token_lifetime(order: SecondsOrder) -> dict[str, Any]:
        twitch.tokens.set_lifetime(round(order.seconds))
        return {"seconds": twitch.tokens.lifetime_seconds}

    @router.post("/scopes")
    async def scopes(order: ScopesOrder) -> dict[str, Any]:
        twitch.tokens.set_scopes(tuple(order.scopes))
        return order.model_dump()

    @router.post("/restore")
    async def restore() -> dict[str, Any]:
        twitch.tokens.restore()
        return {"restored": True}

    return router
