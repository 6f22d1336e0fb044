"""The control API's routes for sockets, lines and time, and the state of the simulator."""

import asyncio
from random import Random
from typing import Any

from fastapi import APIRouter

from twitch_simulator.control.orders import (
    ClockOrder,
    DisorderOrder,
    DropOrder,
    GarbageOrder,
    RawOrder,
    ReconnectOrder,
    ShareOrder,
    SilenceOrder,
)
from twitch_simulator.control.routes import channel_of
from twitch_simulator.faults import garbage_line
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.rooms import LINE_END, Connection
from twitch_simulator.twitch import Twitch


def send_raw(connections: list[Connection], lines: list[bytes]) -> int:
    """Write lines unchanged to the given sockets; return the number of sockets."""
    for connection in connections:
        connection.wire.send_bytes(b"".join(line + LINE_END.encode() for line in lines))
    return len(connections)


def socket_routes(twitch: Twitch) -> APIRouter:
    """Build the routes that close or silence sockets."""
    router, rooms = APIRouter(prefix="/control"), twitch.rooms

    @router.post("/drop")
    async def drop(order: DropOrder) -> dict[str, Any]:
        chosen = order.chosen(list(rooms.connections.values()))
        for connection in chosen:
            rooms.drop(connection, order.abort)
        return {"dropped": len(chosen)}

    @router.post("/silence")
    async def silence(order: SilenceOrder) -> dict[str, Any]:
        chosen = order.chosen(list(rooms.connections.values()))
        for connection in chosen:
            connection.silence(twitch.clock.machine() + round(order.seconds * 1000))
        return {"silenced": len(chosen)}

    @router.post("/reconnect")
    async def reconnect(order: ReconnectOrder) -> dict[str, Any]:
        chosen = rooms.receivers()
        loop = asyncio.get_running_loop()
        for connection in chosen:
            connection.wire.send(irc_lines.RECONNECT + LINE_END)
            loop.call_later(order.close_after_seconds, rooms.drop, connection)
        return {"sockets": len(chosen)}

    return router


def line_routes(twitch: Twitch) -> APIRouter:
    """Build the routes that send unexpected lines."""
    router, rooms = APIRouter(prefix="/control"), twitch.rooms

    @router.post("/garbage")
    async def garbage(order: GarbageOrder) -> dict[str, Any]:
        if isinstance(order.lines, int):
            lines = [garbage_line(Random(number)) for number in range(order.lines)]
        else:
            lines = [line.encode() for line in order.lines]
        return {"sockets": send_raw(rooms.receivers(), lines), "lines": len(lines)}

    @router.post("/raw")
    async def raw(order: RawOrder) -> dict[str, Any]:
        everyone = order.login == "all"
        chosen = rooms.receivers() if everyone else rooms.listeners(channel_of(twitch, order.login).login)
        return {"sockets": send_raw(chosen, [order.line.encode()])}

    return router


def time_routes(twitch: Twitch) -> APIRouter:
    """Build the routes for late and repeated messages and a wrong clock."""
    router, faults = APIRouter(prefix="/control"), twitch.faults

    @router.post("/disorder")
    async def disorder(order: DisorderOrder) -> dict[str, Any]:
        faults.set_disorder(order.share, order.seconds)
        return order.model_dump()

    @router.post("/duplicate")
    async def duplicate(order: ShareOrder) -> dict[str, Any]:
        faults.set_duplicates(order.share)
        return order.model_dump()

    @router.post("/clock")
    async def clock(order: ClockOrder) -> dict[str, Any]:
        twitch.clock.set_offset(order.offset_ms)
        return order.model_dump()

    return router


def state_of(twitch: Twitch) -> dict[str, Any]:
    """Describe readiness, counters, sockets and channels, the largest channels first."""
    sockets = [
        {"socket": each.number, "transport": each.transport, "nick": each.nick, "channels": sorted(each.channels),
         "silenced": each.silenced_until > twitch.clock.machine()}
        for each in twitch.rooms.connections.values()
    ]  # fmt: skip
    live = set(twitch.directory.live())
    channels = [
        {"login": each.login, "channel_id": each.channel_id, "live": each in live, "language": each.language}
        for each in twitch.directory.channels
    ]
    replays = [{"login": each.channel.login, "said": each.sent, "total": each.total} for each in twitch.replays]
    counters = {
        "messages_sent": twitch.delivery.sent,
        "messages_unsent": twitch.delivery.unsent,
        "notices_sent": twitch.events.sent,
        "bursts_started": twitch.chat_schedule.bursts_started,
        "plays_started": twitch.play_runner.started,
        "clips_made": len(twitch.clips),
        "helix_requests": twitch.gate.requests,
        "helix_over_the_limit": twitch.gate.over_the_limit,
        "emote_requests": sum(twitch.emotes.requests.values()),
        "emotes_over_the_limit": twitch.emotes.over_the_limit,
        "joins_dropped": twitch.session_context.join_limit.dropped,
        "slow_readers": twitch.rooms.slow_readers,
    }
    state = {"ready": True, "now": twitch.clock.now(), "counters": counters, "sockets": sockets}
    return state | {"channels": channels, "replays": replays, "ports": twitch.ports}


def state_route(twitch: Twitch) -> APIRouter:
    """Build the route GET /control/state."""
    router = APIRouter(prefix="/control")

    @router.get("/state")
    async def state() -> dict[str, Any]:
        return state_of(twitch)

    return router
