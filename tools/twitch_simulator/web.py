"""Builds the simulator's HTTP application: Helix, sign-in, clip pages and the control API."""

import asyncio

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from twitch_simulator.control.channel_routes import channel_routes
from twitch_simulator.control.clip_routes import viewer_clip_routes
from twitch_simulator.control.emote_routes import emote_routes
from twitch_simulator.control.routes import (
    chat_routes,
    clip_fault_routes,
    event_routes,
    fault_routes,
    session_routes,
    stream_routes,
    token_routes,
)
from twitch_simulator.control.wire_routes import line_routes, socket_routes, state_route, time_routes
from twitch_simulator.emotes.routes import catalogue_routes, emote_picture_routes
from twitch_simulator.faults import EndpointFault
from twitch_simulator.helix.auth import auth_routes
from twitch_simulator.helix.helix import Helix, helix_routes
from twitch_simulator.helix.helix_clips import HelixClips, clip_routes
from twitch_simulator.helix.helix_gate import error_body
from twitch_simulator.helix.helix_own_clips import HelixOwnClips, own_clip_routes
from twitch_simulator.helix.pictures import channel_picture_routes, picture_routes
from twitch_simulator.twitch import Twitch

FAULT_RESET_SECONDS = 2  # after an ordered 429, the rate limit is reported to reset this much later


def fault_answer(fault: EndpointFault, now: int) -> Response:
    """Return the answer of a fault in place of the endpoint's own."""
    headers = {}
    if fault.status == 429:
        reset = str(now // 1000 + FAULT_RESET_SECONDS)
        headers = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": reset}
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status, headers, "application/json")
    return JSONResponse(error_body(fault.status, "") if fault.body is None else fault.body, fault.status, headers)


class FaultyApplication:
    """Applies faults to requests under /helix/ and /oauth2/ before the application gets them."""

    def __init__(self, application: ASGIApp, twitch: Twitch) -> None:
        self._application, self._twitch = application, twitch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        path = scope.get("path", "")
        simulated = scope["type"] == "http" and path.startswith(("/helix/", "/oauth2/"))
        fault = self._twitch.faults.next_endpoint_fault(scope["method"], path) if simulated else None
        if fault is None:
            await self._application(scope, receive, send)
            return
        await asyncio.sleep(fault.delay_seconds)
        if fault.status < 300 and fault.body is None:  # only slow
            await self._application(scope, receive, send)
            return
        if fault.acts:
            await self._application(scope, receive, discard)
        await fault_answer(fault, self._twitch.clock.machine())(scope, receive, send)


async def discard(_message: Message) -> None:
    """Discard the answer."""


def own_clips_of(twitch: Twitch) -> HelixOwnClips:
    """Build what a channel's own people ask for."""
    return HelixOwnClips(
        clips=twitch.clips,
        archives=twitch.archives,
        directory=twitch.directory,
        faults=twitch.faults,
        editors=twitch.editors,
    )


def web_application(twitch: Twitch) -> ASGIApp:
    """Build the application with its faults."""
    application = FastAPI(title="Twitch simulator", docs_url=None, redoc_url=None, openapi_url=None)
    application.include_router(auth_routes(twitch.tokens, twitch.clock.machine, twitch.directory.channel_id))
    application.include_router(
        helix_routes(Helix(twitch.directory, twitch.archives, lambda: twitch.public_url), twitch.gate)
    )
    application.include_router(own_clip_routes(own_clips_of(twitch), twitch.gate))
    application.include_router(clip_routes(HelixClips(twitch.clips, twitch.directory, twitch.faults), twitch.gate))
    application.include_router(picture_routes(twitch.clips))
    application.include_router(channel_picture_routes(twitch.directory))
    application.include_router(catalogue_routes(twitch.emotes))
    application.include_router(emote_picture_routes())
    control = (
        chat_routes,
        event_routes,
        stream_routes,
        session_routes,
        fault_routes,
        clip_fault_routes,
        viewer_clip_routes,
        token_routes,
        socket_routes,
        line_routes,
        time_routes,
        emote_routes,
        channel_routes,
    )
    for routes in (*control, state_route):
        application.include_router(routes(twitch))
    return FaultyApplication(application, twitch)
