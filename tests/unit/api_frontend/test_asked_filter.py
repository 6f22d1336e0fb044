"""A page reads its address as the API does, parameter by parameter."""

from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient

from api_frontend.data.lists.cursor import Cursor, encode
from api_frontend.data.lists.filters import BadRequestError, Filter, from_address
from api_frontend.data.stored_moment import EPOCH
from api_frontend.views.asked_filter import asked_filter

app = FastAPI()


@app.get("/one-by-one")
def one_by_one(wanted: Filter = Depends(from_address)) -> str:  # noqa: B008
    """The filter as the API reads it."""
    return repr(wanted)


@app.get("/at-once")
def at_once(wanted: Filter = Depends(asked_filter)) -> str:  # noqa: B008
    """The filter as a page reads it."""
    return repr(wanted)


@app.exception_handler(RequestValidationError)
async def misunderstood(_: Request, error: Exception) -> JSONResponse:
    """What the site's answer is made of."""
    assert isinstance(error, RequestValidationError)
    found: list[dict[str, Any]] = [dict(each) for each in error.errors()]
    return JSONResponse([[each["loc"], each["msg"], each["input"]] for each in found], 422)


@app.exception_handler(BadRequestError)
async def bad(_: Request, error: Exception) -> JSONResponse:
    """What cannot be."""
    return JSONResponse(str(error), 400)


client = TestClient(app)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("channel=&from=&until=&mood=&cause=&cursor=&q=++&game=", 200),
        ("q=elden+ring&channel=%40Luna&game=A+%26+B&language=zh-hk&mood=awe&cause=raid&rarity=week&clips=1", 200),
        ("period=week&tz=Asia%2FSeoul&order=best&shadow=true", 200),
        ("from=2026-11-22T17:03&until=2026-11-22T18:03%2B01:00&tz=Europe/Berlin", 200),
        (f"cursor={encode(Cursor(EPOCH, 'm1'))}", 200),
        ("mood=awe&mood=hype&unknown=1", 200),
        ("mood=Joy!&from=yesterday&clips=perhaps", 422),
        ("channel=a'b", 422),
        ("until=1e9", 422),
        ("q=%00a", 422),
        ("order=worst&rarity=never&period=ever", 422),
        ("cursor=abcdefghijkl", 400),
        ("tz=Mars", 400),
    ],
)
def test_both_ways_read_the_same(query: str, status: int) -> None:
    told = client.get(f"/at-once?{query}")
    assert told.status_code == status
    assert told.json() == client.get(f"/one-by-one?{query}").json()
