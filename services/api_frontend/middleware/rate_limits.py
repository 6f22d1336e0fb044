"""Limits how often a client may ask for what: counted in Redis, in memory while Redis is unavailable."""

import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Receive, Scope, Send

from api_frontend.middleware.errors import error_answer
from api_frontend.middleware.security import Clients
from api_frontend.rendering import Renderer
from api_frontend.settings import ApiSettings, RedisSettings
from api_frontend.translation import _, marked
from contracts import metrics
from service_runtime.measures import measure

REDIS_TIMEOUT_SECONDS = 0.2  # a visitor must not wait for a counter
REDIS_RETRY_SECONDS = 10.0  # meanwhile requests are counted in memory
AWAY_ERRORS = (RedisError, StorageError, OSError)
REFUSALS = {  # by the unit of a limit
    "second": marked("The limit is %(count)s requests per second. Try again in %(seconds)s seconds."),
    "minute": marked("The limit is %(count)s requests per minute. Try again in %(seconds)s seconds."),
    "hour": marked("The limit is %(count)s requests per hour. Try again in %(seconds)s seconds."),
}
FREE = ("/static/", "/health", "/ready")  # a page's own files, and what watches the site

log = structlog.get_logger()


class RateLimits:
    """Counts requests by client. Without Redis nobody is refused for that, and counting goes on."""

    def __init__(
        self,
        limit: str,
        redis: RedisSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
        name: str = "api",
    ) -> None:
        self.amount, self.unit = limit.split("/")
        self._item = parse(limit)
        self._name = name  # what is limited
        self._clock = clock
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._redis = self._connect(redis.url, redis.password()) if redis and redis.url else None
        self._away_until = float("-inf")

    @staticmethod
    def _connect(url: str, password: str | None) -> FixedWindowRateLimiter:
        options = {"password": password} if password else {}  # None would override a password in the address
        storage = RedisStorage(
            f"async+{re.sub('^unix:', 'redis+unix:', url)}",  # what `limits` calls it
            implementation="redispy",
            wrap_exceptions=True,
            socket_timeout=REDIS_TIMEOUT_SECONDS,
            socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
            **options,
        )
        return FixedWindowRateLimiter(storage)

    async def wait_of(self, client: str) -> int | None:
        """Count one request; return None, or after how many seconds a client that has used up its limit may go on."""
        if self._redis is not None and self._clock() >= self._away_until:
            try:
                return await self._count(self._redis, client)
            except AWAY_ERRORS as error:
                self._away_until = self._clock() + REDIS_RETRY_SECONDS
                log.warning("Redis is unavailable, counting in memory", reason=str(error))
        return await self._count(self._memory, client)

    async def _count(self, counter: FixedWindowRateLimiter, client: str) -> int | None:
        if await counter.hit(self._item, self._name, client):
            return None
        window = await counter.get_window_stats(self._item, self._name, client)
        return max(1, math.ceil(float(window.reset_time) - time.time()))

    async def problem(self) -> str | None:
        """Return what is wrong with Redis; None if it answers or is not configured."""
        if self._redis is None:
            return None
        problem = await self._redis_problem(self._redis)
        measure(metrics.REDIS_REACHABLE).set(problem is None)
        return problem

    @staticmethod
    async def _redis_problem(redis: FixedWindowRateLimiter) -> str | None:
        try:
            answers = await redis.storage.check()
        except AWAY_ERRORS as error:
            return f"Redis does not answer: {error}"
        return None if answers else "Redis does not answer"


@dataclass(frozen=True)
class Limits:
    """The limits of one client: of the API in Redis, where it outlives a restart; of the rest in memory."""

    api: RateLimits
    pages: RateLimits
    events: RateLimits

    @classmethod
    def of(cls, settings: ApiSettings, redis: RedisSettings) -> "Limits":
        """Make the limits of these settings."""
        pages, events = RateLimits(settings.pages_rate_limit), RateLimits(settings.events_rate_limit)
        return cls(RateLimits(settings.rate_limit, redis), pages, events)

    def for_path(self, path: str) -> RateLimits | None:
        """Return the limit that counts a request for this path; None if it is free."""
        if path.endswith("/events"):
            return self.events
        if path.startswith("/api/"):
            return self.api
        return None if path.startswith(FREE) else self.pages


class LimitedRequests:
    """Refuses requests beyond a limit with 429."""

    def __init__(self, app: ASGIApp, limits: Limits, clients: Clients, renderer: Renderer) -> None:
        self._app, self._limits, self._clients, self._renderer = app, limits, clients, renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limits.for_path(scope["path"]) if scope["type"] == "http" else None
        wait = await limit.wait_of(self._clients.of(scope)) if limit else None
        if limit is None or wait is None:
            await self._app(scope, receive, send)
            return
        message = _(REFUSALS[limit.unit], count=int(limit.amount), seconds=wait)
        headers = {"Retry-After": str(wait), "Cache-Control": "no-store"}
        answer = error_answer(self._renderer, scope["path"], 429, "too_many_requests", message, headers)
        await answer(scope, receive, send)
