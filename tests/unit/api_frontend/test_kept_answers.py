"""Answers in memory: fresh for a while, old with news, gone when something is hidden."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api_frontend.middleware.kept_answers import MOST_BYTES, Answer, KeptAnswers, Key, etag_of
from api_frontend.middleware.revalidation import Revalidation, is_known, key_of
from api_frontend.rendering import BY_ZONE, SHARED

KEY: Key = ("localhost", "/best", b"", True, "")


def answer(state: int = 0, made_at: float = 0.0, body: bytes = b"x", control: str = SHARED, *more: str) -> Answer:
    headers = [(b"cache-control", control.encode()), *[(name.encode(), b"1") for name in more]]
    return Answer(status=200, headers=headers, body=body, route=None, etag=etag_of(body), made_at=made_at, state=state)


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def answers(clock: list[float]) -> KeptAnswers:
    return KeptAnswers(1.0, lambda: clock[0])


def test_fresh_for_a_second(answers: KeptAnswers, clock: list[float]) -> None:
    answers.keep(KEY, answer())
    clock[0] = 0.99
    assert answers.fresh(KEY)
    clock[0] = 1.0
    assert not answers.fresh(KEY)
    assert answers.last(KEY)
    clock[0] = 4000.0
    assert not answers.last(KEY)


def test_news_makes_old_and_hiding_drops(answers: KeptAnswers) -> None:
    answers.keep(KEY, answer())
    answers.changed()
    assert not answers.fresh(KEY)
    assert answers.last(KEY)
    answers.forget()
    assert not answers.last(KEY)
    answers.keep(KEY, answer(state=1))  # asked for before
    assert not answers.last(KEY)
    answers.keep(KEY, answer(state=2))
    assert answers.fresh(KEY)


def test_memory_has_a_bound(answers: KeptAnswers) -> None:
    for number in range(20):
        answers.keep(("localhost", f"/{number}", b"", True, ""), answer(body=bytes(MOST_BYTES // 10)))
    kept = [number for number in range(20) if answers.last(("localhost", f"/{number}", b"", True, ""))]
    assert kept == list(range(10, 20))


def test_what_may_be_shared() -> None:
    assert answer().may_be_shared
    assert answer(control=BY_ZONE).may_be_shared
    assert not answer(control="no-store").may_be_shared
    assert not answer(0, 0.0, b"x", SHARED, "set-cookie").may_be_shared


@pytest.mark.parametrize("told", ['W/"a"', '"a"', '"b", W/"a"', "*"])
def test_the_reader_has_it(told: str) -> None:
    assert is_known('W/"a"', told)
    assert not is_known('W/"c"', '"b", W/"a"')


def request(path: str = "/best", cookie: str = "") -> Scope:
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}


def test_time_zones_have_their_own_answers() -> None:
    assert key_of(request(cookie="tz=Asia/Seoul; a=b")) != key_of(request(cookie="tz=Europe/Berlin"))
    assert key_of(request(cookie="a=b")) == key_of(request(cookie="a=c"))
    assert key_of(request("/static/site.css")) is None
    assert key_of(request("/api/v1/events")) is None


async def test_many_who_ask_at_once_are_one_question() -> None:
    asked = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal asked
        asked += 1
        await asyncio.sleep(0.05)
        answer: Response = PlainTextResponse("page", headers={"Cache-Control": SHARED})
        await answer(scope, receive, send)

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    site = Revalidation(app, KeptAnswers(1.0), lambda at: "")
    await asyncio.gather(*(site(request(), receive, send) for _ in range(20)))
    assert asked == 1
    assert [message["body"] for message in sent if message["type"] == "http.response.body"] == [b"page"] * 20
