"""Answers for what goes wrong: one JSON shape for the API, one page for people."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from api_frontend.data.lists.filters import BadRequestError
from api_frontend.rendering import Renderer
from api_frontend.text.problems import BAD_CURSOR, misunderstood, plain, unknown
from api_frontend.translation import _
from service_runtime.postgres import PostgresAwayError

RETRY_SECONDS = 10  # Postgres is usually back by then
JSON_PATHS = ("/api/", "/health", "/ready", "/openapi.json", "/events")

log = structlog.get_logger()


class ErrorBody(BaseModel):
    """`code` for programs, `message` for people."""

    code: str
    message: str


class ErrorAnswer(BaseModel):
    """Every error of the API has this shape."""

    error: ErrorBody


ERROR_ANSWERS: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorAnswer, "description": "a parameter is invalid"},
    429: {"model": ErrorAnswer, "description": "too many requests; see the Retry-After header"},
    503: {"model": ErrorAnswer, "description": "the database is unavailable; see the Retry-After header"},
}
LIST_ANSWERS: dict[int | str, dict[str, Any]] = {
    400: {"model": ErrorAnswer, "description": "the cursor is not of this list, or the time zone is none"},
    404: {"model": ErrorAnswer, "description": "the channel is not known"},
}
NOT_FOUND_ANSWER: dict[int | str, dict[str, Any]] = {
    404: {"model": ErrorAnswer, "description": "it does not exist, or was removed"}
}


def error_json(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Answer in the one JSON shape of errors."""
    body = ErrorAnswer(error=ErrorBody(code=code, message=message))
    return JSONResponse(body.model_dump(), status_code=status, headers={"Cache-Control": "no-store"} | (headers or {}))


def error_answer(
    renderer: Renderer, path: str, status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response:
    """Answer in the shape that the reader of this path expects: JSON for programs, a page for people."""
    if path.startswith(JSON_PATHS):
        return error_json(status, code, message, headers)
    return renderer.page("problem.html", {"status": status, "message": message}, status, headers)


def complaint(found: dict[str, Any]) -> str:
    """Say what is wrong with one parameter."""
    name = str(found["loc"][-1])
    return unknown(name, found["known"]) if "known" in found else misunderstood(name, found.get("input"))


class ErrorHandlers:
    """One handler for each kind of error."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def _answer(
        self, request: Request, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> Response:
        return error_answer(self._renderer, request.url.path, status, code, message, headers)

    async def bad_request(self, request: Request, error: Exception) -> Response:
        """Answer a request that asks for what cannot be."""
        code = error.code if isinstance(error, BadRequestError) else "bad_request"
        return self._answer(request, 400, code, _(BAD_CURSOR) if code == "bad_cursor" else str(error))

    async def bad_parameter(self, request: Request, error: Exception) -> Response:
        """Answer a request with a parameter of the wrong form."""
        assert isinstance(error, RequestValidationError)
        message = " ".join(complaint(each) for each in error.errors())
        return self._answer(request, 422, "bad_parameter", message)

    async def http_error(self, request: Request, error: Exception) -> Response:
        """Answer with the status that a view or the router chose."""
        assert isinstance(error, HTTPException)
        code = HTTPStatus(error.status_code).name.lower()
        message = plain(error.status_code, str(error.detail))
        return self._answer(request, error.status_code, code, message, dict(error.headers or {}))

    async def away(self, request: Request, error: Exception) -> Response:
        """Answer while Postgres is unavailable."""
        log.warning("Postgres is unavailable", reason=str(error))
        message = _("The moments cannot be read at present. Try again in a few seconds.")
        return self._answer(request, 503, "database_unavailable", message, {"Retry-After": str(RETRY_SECONDS)})

    async def our_fault(self, request: Request, error: Exception) -> Response:
        """Log what nobody expected."""
        log.error("request failed", path=request.url.path, exc_info=error)
        return self._answer(
            request, 500, "internal", _("Something went wrong on our side. Try again, or look at the first page.")
        )


def install(app: FastAPI, renderer: Renderer) -> None:
    """Answer every error in the shape that its reader expects."""
    handlers = ErrorHandlers(renderer)
    app.add_exception_handler(BadRequestError, handlers.bad_request)
    app.add_exception_handler(RequestValidationError, handlers.bad_parameter)
    app.add_exception_handler(HTTPException, handlers.http_error)
    app.add_exception_handler(PostgresAwayError, handlers.away)
    app.add_exception_handler(Exception, handlers.our_fault)
