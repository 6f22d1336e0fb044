"""Checks every Helix request: token, client id and rate limit; builds error bodies."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from twitch_simulator.helix.rate_limit import Allowance, RateLimit
from twitch_simulator.helix.tokens import Token, Tokens

Handler = Callable[[Request, Token], Awaitable[dict[str, Any] | Response]]


class HelixError(Exception):
    """Answered with `status` and Helix's error body."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def error_body(status: int, message: str) -> dict[str, Any]:
    """Build Helix's error body."""
    return {"error": HTTPStatus(status).phrase, "status": status, "message": message}


def rate_headers(budget: Allowance) -> dict[str, str]:
    """Build Helix's rate limit headers."""
    names = ("Ratelimit-Limit", "Ratelimit-Remaining", "Ratelimit-Reset")
    return {
        name: str(value) for name, value in zip(names, (budget.limit, budget.remaining, budget.reset_at), strict=True)
    }


def token_of(request: Request, tokens: Tokens) -> Token:
    """Return a request's token. Raises HelixError 401."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value:
        raise HelixError(401, "OAuth token is missing")
    token = tokens.find(value)
    if token is None:
        raise HelixError(401, "Invalid OAuth token")
    client_id = request.headers.get("client-id")
    if not client_id:
        raise HelixError(401, "Client ID is missing")
    if client_id != token.client_id:
        raise HelixError(401, "Client ID and OAuth token do not match")
    return token


class Gate:
    """Passes valid requests to their handlers."""

    def __init__(self, tokens: Tokens, rate_limit: RateLimit, clock: Callable[[], int]) -> None:
        self._tokens, self._rate_limit, self._clock = tokens, rate_limit, clock
        self.requests = 0
        self.over_the_limit = 0

    async def pass_through(self, request: Request, handler: Handler) -> Response:
        """Return the handler's answer with rate limit headers, or Helix's error."""
        self.requests += 1
        headers: dict[str, str] = {}
        try:
            token = token_of(request, self._tokens)
            budget = self._rate_limit.spend(f"{token.client_id}:{token.user_id}", self._clock())
            headers = rate_headers(budget)
            if not budget.allowed:
                self.over_the_limit += 1
                raise HelixError(429, "Too many requests, slow down")
            answer = await handler(request, token)
        except HelixError as error:
            return JSONResponse(error_body(error.status, error.message), error.status, headers)
        if isinstance(answer, Response):
            answer.headers.update(headers)
            return answer
        return JSONResponse(answer, headers=headers)
