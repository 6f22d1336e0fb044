"""The simulator's HTTP application: Helix, sign-in, clip pages and the control API."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from twitch_simulator.auth import auth_routes
from twitch_simulator.control import chat_orders, helix_orders
from twitch_simulator.control_wire import socket_orders, state_route
from twitch_simulator.faults import EndpointFault
from twitch_simulator.helix import Helix, helix_routes
from twitch_simulator.helix_clips import HelixClips, clip_routes
from twitch_simulator.helix_gate import error_body
from twitch_simulator.pictures import picture_routes
from twitch_simulator.twitch import Twitch

CallNext = Callable[[Request], Awaitable[Response]]
FAULT_RESET_SECONDS = 2  # a 429 by request says that the bucket is full again this much later


def fault_answer(fault: EndpointFault, now: int) -> Response:
    """The answer that a fault gives in place of the endpoint's own."""
    headers = {}
    if fault.status == 429:
        reset = str(now // 1000 + FAULT_RESET_SECONDS)
        headers = {"Ratelimit-Limit": "800", "Ratelimit-Remaining": "0", "Ratelimit-Reset": reset}
    if isinstance(fault.body, str):
        return Response(fault.body, fault.status, headers, "application/json")
    return JSONResponse(error_body(fault.status, "") if fault.body is None else fault.body, fault.status, headers)


def web_application(twitch: Twitch) -> FastAPI:
    """The application; faults are applied before the endpoints under /helix/ and /oauth2/."""
    application = FastAPI(title="Twitch simulator", docs_url=None, redoc_url=None, openapi_url=None)

    @application.middleware("http")
    async def apply_faults(request: Request, call_next: CallNext) -> Response:
        path = request.url.path
        simulated = path.startswith(("/helix/", "/oauth2/"))
        fault = twitch.faults.take_endpoint(request.method, path) if simulated else None
        if fault is None:
            return await call_next(request)
        await asyncio.sleep(fault.delay_seconds)
        only_slow = fault.status < 300 and fault.body is None
        answer = await call_next(request) if only_slow or fault.acts else None
        return answer if answer is not None and only_slow else fault_answer(fault, twitch.clock.machine())

    application.include_router(auth_routes(twitch.tokens, twitch.clock.machine))
    application.include_router(helix_routes(Helix(twitch.directory, twitch.clock.now), twitch.gate))
    application.include_router(clip_routes(HelixClips(twitch.clips, twitch.directory, twitch.faults), twitch.gate))
    application.include_router(picture_routes(twitch.clips))
    for routes in (chat_orders, helix_orders, socket_orders, state_route):
        application.include_router(routes(twitch))
    return application
