"""Builds the two HTTP applications: REST with the control API, and the pages for people."""

from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from discord_simulator.control.fault_routes import clock_routes, fault_routes, outage_routes, state_route
from discord_simulator.control.people_routes import command_routes, component_routes, history_routes, message_routes
from discord_simulator.control.world_routes import (
    channel_routes,
    guild_routes,
    member_routes,
    membership_routes,
    role_routes,
)
from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError, StatusError
from discord_simulator.page.authorize import Authorize
from discord_simulator.page.views import HEADERS, Pages
from discord_simulator.rest.channels import Channels
from discord_simulator.rest.commands import CommandRoutes
from discord_simulator.rest.gate import Gate
from discord_simulator.rest.interactions import InteractionRoutes
from discord_simulator.rest.tokens import TokenRoutes
from discord_simulator.rest.users import Users

CONTROL = (
    guild_routes, membership_routes, channel_routes, role_routes, command_routes, component_routes, message_routes,
    history_routes, fault_routes, outage_routes, clock_routes, member_routes, state_route,
)  # fmt: skip


async def told(_request: Request, error: Exception) -> Response:
    """Answer an error of the control API as REST would."""
    return JSONResponse(error.body, error.status) if isinstance(error, DiscordError) else Response(status_code=500)


async def not_found(request: Request, error: Exception) -> Response:
    """Answer what has no route: as Discord does below /api, in FastAPI's way for the control API."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if request.url.path.startswith("/api") and status in (404, 405):
        return JSONResponse(StatusError(status).body, status)
    return JSONResponse({"detail": error.detail if isinstance(error, HTTPException) else ""}, status)


def api_application(discord: Discord) -> ASGIApp:
    """Build REST and the control API."""
    gate, groups = Gate(discord), (Users, Channels, CommandRoutes, InteractionRoutes, TokenRoutes)
    endpoints = [endpoint for group in groups for endpoint in group(discord).endpoints()]
    handlers: dict[Any, Any] = {DiscordError: told, HTTPException: not_found}
    application = FastAPI(
        title="Discord simulator", routes=gate.routes(endpoints), docs_url=None, redoc_url=None, openapi_url=None,
        exception_handlers=handlers,
    )  # fmt: skip
    for routes in CONTROL:
        application.include_router(routes(discord))
    return application


class SameSite:
    """Refuses forms that another site's page sends."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        is_form = scope["type"] == "http" and scope["method"] == "POST"
        answer: ASGIApp = self._application
        if is_form and Request(scope).headers.get("sec-fetch-site") == "cross-site":
            answer = PlainTextResponse("Forms of other sites are not taken.", 403)
        await answer(scope, receive, send)


async def plain(_request: Request, error: Exception) -> Response:
    """Say what was not found."""
    status, detail = (error.status_code, error.detail) if isinstance(error, HTTPException) else (500, "")
    return PlainTextResponse(detail, status, HEADERS)


def page_application(discord: Discord) -> ASGIApp:
    """Build the pages."""
    routes = Pages(discord).routes() + Authorize(discord).routes()
    return SameSite(Starlette(routes=routes, exception_handlers={HTTPException: plain}))
