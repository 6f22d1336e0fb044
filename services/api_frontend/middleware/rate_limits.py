"""Limits how often a client may call the API: counted in Redis, in memory while Redis is unavailable."""

import re
import time
from collections.abc import Callable

import structlog
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError
from starlette.types import ASGIApp, Receive, Scope, Send

from api_frontend.middleware.errors import error_json
from api_frontend.middleware.security import Clients
from api_frontend.settings import ApiSettings, RedisSettings

REDIS_TIMEOUT_SECONDS = 0.2  # a visitor must not wait for a counter
REDIS_RETRY_SECONDS = 10.0  # meanwhile requests are counted in memory
AWAY_ERRORS = (RedisError, StorageError, OSError)

log = structlog.get_logger()


class RateLimits:
    """Counts requests by client. Without Redis nobody is refused for that, and counting goes on."""

    def __init__(
        self, limit: str, redis: RedisSettings, clock: Callable[[], float] = time.monotonic, name: str = "api"
    ) -> None:
        self._item = parse(limit)
        self._name = name  # what is limited
        self._clock = clock
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._redis = self._connect(redis.url, redis.password()) if redis.url else None
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

    async def allow(self, client: str) -> bool:
        """Count one request; False if the client has used up its limit."""
        if self._redis is not None and self._clock() >= self._away_until:
            try:
                return bool(await self._redis.hit(self._item, self._name, client))
            except AWAY_ERRORS as error:
                self._away_until = self._clock() + REDIS_RETRY_SECONDS
                log.warning("Redis is unavailable, counting in memory", reason=str(error))
        return bool(await self._memory.hit(self._item, self._name, client))

    async def problem(self) -> str | None:
        """Return what is wrong with Redis; None if it answers or is not configured."""
        if self._redis is None:
            return None
        try:
            answers = await self._redis.storage.check()
        except AWAY_ERRORS as error:
            return f"Redis does not answer: {error}"
        return None if answers else "Redis does not answer"

    @property
    def window_seconds(self) -> int:
        """Return the length of the window that the limit counts in."""
        return int(self._item.get_expiry())


class LimitedApi:
    """Refuses API requests beyond the limit with 429."""

    def __init__(self, app: ASGIApp, limits: RateLimits, clients: Clients, settings: ApiSettings) -> None:
        self._app, self._limits, self._clients, self._settings = app, limits, clients, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if await self._refuses(scope):
            message = f"The limit is {self._settings.rate_limit.replace('/', ' requests per ')}. Try again later."
            headers = {"Retry-After": str(self._limits.window_seconds)}
            await error_json(429, "too_many_requests", message, headers)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _refuses(self, scope: Scope) -> bool:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            return False
        return not await self._limits.allow(self._clients.of(scope))
