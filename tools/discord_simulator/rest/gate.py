"""What each request passes on its way to its handler: faults, token, limits; and how errors are answered."""

import asyncio
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from discord_simulator.discord import Discord
from discord_simulator.errors import DiscordError, StatusError
from discord_simulator.faults import EndpointFault
from discord_simulator.limits.buckets import limited_body, limited_headers
from discord_simulator.limits.routes import bucket_of
from discord_simulator.oauth.grants import UserToken
from discord_simulator.rest.call import Answer, Call, Handler, read_body

BASES: Final = ("/api/v10", "/api")
VIA: Final = {"Via": "1.1 google"}  # Discord's own answers have it, Cloudflare's do not; clients look at it
BOT, ANYBODY, NOBODY = "bot", "anybody", "nobody"  # who may call
MAJOR: Final = ("channel_id", "guild_id", "token")  # a bucket is for each of these
CLOSED: Final = "<!doctype html><title>Access denied | Cloudflare</title><p>You are being rate limited. Error 1015"


@dataclass(frozen=True)
class Endpoint:
    """A route, such as `GET /users/@me`, with its handler and who may call it."""

    route: str
    handler: Handler
    caller: str = BOT


class Cut(Response):
    """Cuts the connection instead of answering."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Abort the transport, which the server puts into the scope."""
        scope["transport"].abort()
        await asyncio.sleep(0)  # so that the server has noticed, and sends no error of its own


class Gate:
    """Passes requests to handlers."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord

    def routes(self, endpoints: Sequence[Endpoint]) -> list[BaseRoute]:
        """Return the routes of endpoints below each base."""
        made: list[BaseRoute] = []
        for endpoint in endpoints:
            method, path = endpoint.route.split()
            for base in BASES:
                made.append(Route(base + path, self._entrance(endpoint), methods=[method]))
        return made

    def _entrance(self, endpoint: Endpoint) -> Any:
        async def enter(request: Request) -> Response:
            return await self._enter(request, endpoint)

        return enter

    async def _enter(self, request: Request, endpoint: Endpoint) -> Response:
        discord, now = self._discord, self._discord.clock.machine()
        if now < discord.faults.away_until:
            return self._noted(endpoint, PlainTextResponse("upstream connect error", 503), now)
        fault = discord.faults.following(request.method, below_base(request.url.path))
        if fault is None:
            return await self._answer(request, endpoint)
        await asyncio.sleep(fault.delay_seconds)
        if fault.only_delays():
            return await self._answer(request, endpoint)
        if fault.acts:
            await self._answer(request, endpoint)
        return self._noted(endpoint, fault_answer(fault), now)

    async def _answer(self, request: Request, endpoint: Endpoint) -> Response:
        now = self._discord.clock.machine()
        if self._discord.invalid.is_closed(now):
            return HTMLResponse(CLOSED, 429)
        headers: dict[str, str] = {}
        try:
            call = Call(request.path_params, request.query_params, authorization=self._authorization(request))
            call = replace(call, user=self._sender(call.authorization, endpoint.caller))
            verdict = self._count(endpoint, call, now)
            headers = verdict.headers
            if not verdict.allowed:
                body = limited_body(verdict.retry_after_seconds, verdict.is_global)
                return self._noted(endpoint, JSONResponse(body, 429, headers | VIA), now)
            body, files = await read_body(request)
            result = endpoint.handler(replace(call, body=body, files=files))
            answer = await result if inspect.isawaitable(result) else result
        except (DiscordError, StatusError) as error:
            return self._noted(endpoint, JSONResponse(error.body, error.status, headers | VIA), now)
        if answer is None:
            return Response(status_code=204, headers=headers | VIA)
        status, body = (answer.status, answer.body) if isinstance(answer, Answer) else (200, answer)
        return self._noted(endpoint, JSONResponse(body, status, headers | VIA), now)

    def _authorization(self, request: Request) -> str:
        return request.headers.get("authorization", "")

    def _sender(self, authorization: str, caller: str) -> UserToken | None:
        """Return the person's token, None for the bot. Raises StatusError 401."""
        scheme, _, value = authorization.partition(" ")
        if caller == NOBODY or (scheme == "Bot" and value == self._discord.settings.token):
            return None
        token = self._discord.grants.find(value) if scheme == "Bearer" and caller == ANYBODY else None
        if token is None:
            raise StatusError(401)
        return token

    def _count(self, endpoint: Endpoint, call: Call, now: int) -> Any:
        """Count the request of a bucket; people and interactions have no part in the bot's global limit."""
        place = ":".join(call.path[name] for name in MAJOR if name in call.path)
        sender = str(call.user.user_id) if call.user else ""
        is_of_bot = endpoint.caller == BOT or (endpoint.caller == ANYBODY and call.user is None)
        return self._discord.buckets.take(bucket_of(endpoint.route), place + sender, now, is_of_bot)

    def _noted(self, endpoint: Endpoint, response: Response, now: int) -> Response:
        """Write an error to the truth and count it; return it."""
        if response.status_code >= 400:
            scope = response.headers.get("x-ratelimit-scope", "")
            self._discord.invalid.count(response.status_code, now, scope)
            text = bytes(response.body).decode(errors="replace")[:300]
            row = {"at": now, "route": endpoint.route, "status": response.status_code, "scope": scope, "body": text}
            self._discord.truth.write("refusals", row)
        return response


def below_base(path: str) -> str:
    """Return a path below /api/v10 or /api."""
    return next((path.removeprefix(base) for base in BASES if path.startswith(base)), path)


def fault_answer(fault: EndpointFault) -> Response:
    """Return the answer of a fault in place of the endpoint's own."""
    if fault.status == 0:
        return Cut(status_code=499)
    headers = dict(VIA) if fault.has_via else {}
    body = fault.body
    if fault.status == 429 and fault.code == 0:
        headers |= limited_headers(fault.retry_after_seconds, fault.scope)
        body = limited_body(fault.retry_after_seconds, fault.scope == "global") if body is None else body
    if body is None:
        body = {"message": fault.message or f"{fault.status}: Error", "code": fault.code}
    if isinstance(body, str):
        return Response(body, fault.status, headers, "text/html")
    return JSONResponse(body, fault.status, headers)
