"""The control API's routes for faults, and the state."""

import asyncio
from typing import Any

from fastapi import APIRouter

from discord_simulator.control.orders import ClockOrder, ExhaustOrder, GatewayOrder, RestFaultOrder, SecondsOrder
from discord_simulator.discord import Discord
from discord_simulator.faults import EndpointFault
from discord_simulator.gateway.connection import Connection
from discord_simulator.limits.routes import bucket_of


async def disturb(connection: Connection, order: GatewayOrder) -> None:
    """Do to a connection what an order says."""
    match order.action:
        case "drop":
            connection.abort()
        case "close":
            await connection.close(order.code)
        case "reconnect":
            connection.ask_to_reconnect()
        case "invalidate":
            connection.invalidate(order.can_resume)
        case "silence":
            connection.silence(order.seconds)
            asyncio.get_running_loop().call_later(order.seconds, connection.abort)
        case _:
            pass  # refuses new connections only


def fault_routes(discord: Discord) -> APIRouter:
    """Build the routes for faults of REST."""
    router = APIRouter(prefix="/control")

    @router.post("/rest_fault")
    async def rest_fault(order: RestFaultOrder) -> dict[str, Any]:
        discord.faults.set_endpoint(EndpointFault(**order.model_dump()))
        return {"waiting": sum(fault.count for fault in discord.faults.endpoints)}

    @router.post("/exhaust")
    async def exhaust(order: ExhaustOrder) -> dict[str, Any]:
        now, length = discord.clock.machine(), round(order.seconds * 1000)
        if order.route:
            discord.buckets.exhaust(bucket_of(order.route), order.place, now, length)
        else:
            discord.buckets.exhaust_all(now, length)
        return {"until": now + length}

    return router


def outage_routes(discord: Discord) -> APIRouter:
    """Build the routes for the gateway and for Discord's absence."""
    router = APIRouter(prefix="/control")

    @router.post("/gateway")
    async def gateway(order: GatewayOrder) -> dict[str, Any]:
        connections = list(discord.gateway.connections.values())
        if order.action == "refuse":
            discord.gateway.refuse(discord.clock.machine() + round(order.seconds * 1000))
        for connection in connections:
            await disturb(connection, order)
        return {"connections": len(connections)}

    @router.post("/away")
    async def away(order: SecondsOrder) -> dict[str, Any]:
        until = discord.clock.machine() + round(order.seconds * 1000)
        discord.faults.set_away(until)
        discord.gateway.refuse(until)
        for connection in list(discord.gateway.connections.values()):
            connection.abort()
        return {"until": until}

    return router


def clock_routes(discord: Discord) -> APIRouter:
    """Build the routes for Discord's clock and for sign-ins."""
    router = APIRouter(prefix="/control")

    @router.post("/clock")
    async def clock(order: ClockOrder) -> dict[str, Any]:
        discord.clock.set_offset(order.offset_ms)
        return {"now": discord.clock.now()}

    @router.post("/revoke")
    async def revoke() -> dict[str, Any]:
        discord.grants.revoke_all()
        return {}

    return router


def state_route(discord: Discord) -> APIRouter:
    """Build the route that tells the state."""
    router = APIRouter(prefix="/control")

    @router.get("/state")
    async def state() -> dict[str, Any]:
        connected = [each for each in discord.gateway.connections.values() if each.session]
        return {
            "ready": True,
            "now": discord.clock.now(),
            "ports": discord.ports,
            "page_url": discord.page_url,
            "guilds": len(discord.world.guilds),
            "joined": sum(1 for _ in discord.world.joined()),
            "connections": len(discord.gateway.connections),
            "sessions": [each.session.session_id for each in connected if each.session],
            "events": dict(discord.hub.counts),
            "requests": discord.buckets.allowed,
            "refused_by_bucket": discord.buckets.refused,
            "refused_globally": discord.buckets.refused_globally,
            "invalid_requests": discord.invalid.in_window(discord.clock.machine()),
            "commands": len(discord.commands.all(0)),
        }

    return router
