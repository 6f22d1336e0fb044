"""What an address allows: the methods of all its routes, those of included routers too."""

import asyncio

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api_frontend.middleware.methods import Methods

FOREIGN = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Pages and the API, each a router of its own as the site has them, and files."""
    pages, api = APIRouter(), APIRouter(prefix="/api/v1")

    @pages.get("/moments/{moment_id}/verdict")
    async def own(moment_id: str) -> str:
        return moment_id

    @pages.post("/moments/{moment_id}/verdict")
    async def say(moment_id: str) -> str:
        return moment_id

    @pages.post("/saved/forget")
    async def forget() -> str:
        return ""

    @api.get("/moments")
    async def moments() -> str:
        return ""

    app = FastAPI()
    app.include_router(pages)
    app.include_router(api)
    app.mount("/static", StaticFiles(directory="."), name="static")
    app.add_middleware(Methods)
    return app


def ask(app: FastAPI, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
    async def answer() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/moments/m1/verdict", "GET, HEAD, OPTIONS, POST"),
        ("/saved/forget", "OPTIONS, POST"),
        ("/api/v1/moments", "GET, HEAD, OPTIONS"),
    ],
)
def test_options_names_every_method(app: FastAPI, path: str, allowed: str) -> None:
    answer = ask(app, "OPTIONS", path)
    assert (answer.status_code, answer.headers["allow"]) == (204, allowed)
    refused = ask(app, "DELETE", path)
    assert (refused.status_code, refused.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/static/nothing.js", 405)])
def test_what_no_route_knows_is_answered_as_before(app: FastAPI, path: str, status: int) -> None:
    assert ask(app, "OPTIONS", path).status_code == status


def test_foreign_pages_learn_what_they_may_ask(app: FastAPI) -> None:
    assert ask(app, "OPTIONS", "/api/v1/moments", FOREIGN).headers["access-control-allow-methods"]
    assert "access-control-allow-methods" not in ask(app, "OPTIONS", "/moments/m1/verdict", FOREIGN).headers


def test_head_has_no_body(app: FastAPI) -> None:
    answer = ask(app, "HEAD", "/moments/m1/verdict")
    assert (answer.status_code, answer.content) == (200, b"")
    refused = ask(app, "HEAD", "/saved/forget")
    assert (refused.status_code, refused.headers["allow"]) == (405, "OPTIONS, POST")
