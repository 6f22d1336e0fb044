"""In which language and time zone a visitor reads, and what the answer says of it."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from api_frontend.middleware.public_address import PublicAddress
from api_frontend.middleware.readers import Readers, preferred
from api_frontend.page_address import CURRENT as ADDRESS
from api_frontend.reader import CURRENT
from api_frontend.settings import ApiSettings


async def told(request: Request) -> JSONResponse:
    """Answer with who reads and what was asked."""
    reader = CURRENT.get()
    found = {"language": reader.language, "is_asked": reader.is_asked, "zone": reader.zone}
    return JSONResponse(found | {"query": request.url.query, "german": ADDRESS.get().in_language("de")})


ROUTES = [Route("/{path:path}", told, methods=["GET", "POST"])]
SITE = PublicAddress(Readers(Starlette(routes=ROUTES)), ApiSettings())


async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask the site with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(SITE), base_url="http://localhost") as client:
        return await client.request(method, path, headers=named)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", None),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr,en;q=0.3,de;q=0.7", "de"),
        ("DE", "de"),
        ("de;q=0,en;q=0.1", "en"),
        ("fr, *;q=0.5", None),
        ("de;q=x,en", "en"),
        ("en-GB;q=1.0, de", "en"),
    ],
)
def test_the_browser_says_what_it_wants_most(accepted: str, language: str | None) -> None:
    assert preferred(accepted) == language


@given(st.text())
def test_any_wish_is_read(accepted: str) -> None:
    assert preferred(accepted) in (None, "en", "de")


@pytest.mark.parametrize(
    ("path", "headers", "language"),
    [
        ("/best", {}, "en"),
        ("/best", {"accept_language": "de"}, "de"),
        ("/best", {"accept_language": "en", "cookie": "lang=de"}, "de"),
        ("/best?lang=en", {"accept_language": "de", "cookie": "lang=de"}, "en"),
        ("/best?lang=xx", {"accept_language": "de"}, "de"),
        ("/best", {"cookie": "lang=xx", "accept_language": "de"}, "de"),
        ("/api/v1/moments", {"accept_language": "de", "cookie": "lang=de"}, "en"),
        ("/api/v1/moments?lang=de", {}, "de"),
        ("/feed.atom", {"accept_language": "de"}, "en"),
        ("/feed.atom?lang=de", {}, "de"),
        ("/moments/a/card.png", {"accept_language": "de"}, "en"),
        ("/events?since=1", {"accept_language": "de"}, "en"),
        ("/channels/luna/live?lang=de", {}, "de"),
        ("/channels/live", {"accept_language": "de"}, "de"),
    ],
)
async def test_the_address_decides_then_the_cookie_then_the_browser(
    path: str, headers: dict[str, str], language: str
) -> None:
    assert (await ask(path, **headers)).json()["language"] == language


async def test_a_choice_is_remembered_and_taken_out_of_the_query() -> None:
    answer = await ask("/best?q=a+b&lang=de&mood=awe")
    assert answer.json()["query"] == "q=a+b&mood=awe"
    assert answer.headers["set-cookie"].startswith("lang=de; Max-Age=31536000; Path=/; SameSite=lax")
    assert "set-cookie" not in (await ask("/best?lang=de", cookie="lang=de")).headers
    assert "set-cookie" not in (await ask("/best", accept_language="de")).headers
    assert "set-cookie" not in (await ask("/api/v1/moments?lang=de")).headers


async def test_a_page_says_what_it_depends_on() -> None:
    answer = await ask("/best", accept_language="de")
    assert answer.headers["content-language"] == "de"
    assert answer.headers["vary"] == "Accept-Language, Cookie"
    assert "vary" not in (await ask("/api/v1/moments", accept_language="de")).headers


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [("tz=Asia/Seoul", "Asia/Seoul"), ("tz=Asia%2FSeoul", "Asia/Seoul"), ("tz=../etc", "UTC"), ("", "UTC")],
)
async def test_the_zone_is_one_that_is_known(cookie: str, zone: str) -> None:
    assert (await ask("/best", cookie=cookie)).json()["zone"] == zone


async def test_the_same_page_in_another_language() -> None:
    assert (await ask("/best?q=a")).json()["german"] == "/best?q=a&lang=de"
    assert (await ask("/a b")).json()["german"] == "/a%20b?lang=de"
    assert (await ask("/channels/ask", "POST")).json()["german"] == "/?lang=de"
