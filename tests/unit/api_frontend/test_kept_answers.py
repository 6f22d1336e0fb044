"""Answers in memory: fresh for a while, old with news, gone when something is hidden."""

import asyncio

import pytest
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send

from api_frontend.middleware.kept_answers import MOST_BYTES, Answer, KeptAnswers, Key, etag_of
from api_frontend.middleware.readers import Readers
from api_frontend.middleware.revalidation import Revalidation, is_known, key_of
from api_frontend.reader import Reader
from api_frontend.rendering import BY_READER, SHARED

KEY = Key("localhost", "/best", b"", True)


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
        answers.keep(Key("localhost", f"/{number}", b"", True), answer(body=bytes(MOST_BYTES // 10)))
    kept = [number for number in range(20) if answers.last(Key("localhost", f"/{number}", b"", True))]
    assert kept == list(range(10, 20))


def test_what_may_be_shared() -> None:
    assert answer().may_be_shared
    assert answer(control=BY_READER).may_be_shared
    assert not answer(control="no-store").may_be_shared
    assert not answer(0, 0.0, b"x", SHARED, "set-cookie").may_be_shared


@pytest.mark.parametrize("told", ['W/"a"', '"a"', '"b", W/"a"', "*"])
def test_the_reader_has_it(told: str) -> None:
    assert is_known('W/"a"', told)
    assert not is_known('W/"c"', '"b", W/"a"')


def request(path: str = "/best", cookie: str = "") -> Scope:
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}


def test_an_old_answer_in_another_zone_or_language_is_better_than_none(answers: KeptAnswers) -> None:
    seoul = KEY._replace(reader=Reader("de", zone="Asia/Seoul"))
    for reader in (Reader(), Reader("de", zone="Europe/Berlin"), Reader("de", True, "Asia/Seoul")):
        answers.keep(KEY._replace(reader=reader, is_compressed=False), answer(body=repr(reader).encode()))
        answers.keep(KEY._replace(query=b"order=best", reader=seoul.reader), answer(body=b"another page"))
        found = answers.last(seoul)
        assert found is not None
        assert found.body == repr(reader).encode()


def test_what_is_never_kept() -> None:
    assert key_of(request("/static/site.css")) is None
    assert key_of(request("/api/v1/events")) is None


class Asked:
    """A site that counts what it is asked; it says how long its page may be kept, and may be away."""

    def __init__(self, control: str, *, etag: str | None = None) -> None:
        self.times, self.status, self.clock = 0, 200, 0.0
        self._headers = {"Cache-Control": control} | ({"ETag": etag} if etag else {})
        self._kept = Readers(Revalidation(self._answer, KeptAnswers(1.0, lambda: self.clock), lambda at: "as it was"))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.times += 1
        page = f"<!-- notice -->{self.times}"
        await asyncio.sleep(0.01)
        answer: Response = HTMLResponse(page, self.status, self._headers if self.status == 200 else None)
        await answer(scope, receive, send)

    async def get(self, cookie: str = "", **headers: str) -> tuple[int, str, list[str]]:
        """Return the status, the body and all ETags."""
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request"}

        scope = request(cookie=cookie)
        scope["headers"] += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        await self._kept(scope, receive, send)
        tags = [value.decode() for name, value in sent[0]["headers"] if name.lower() == b"etag"]
        return sent[0]["status"], sent[1]["body"].decode(), tags


async def test_many_who_ask_at_once_are_one_question() -> None:
    site = Asked(SHARED)
    answers = await asyncio.gather(*(site.get() for _ in range(20)))
    assert site.times == 1
    assert {body for _, body, _ in answers} == {"<!-- notice -->1"}


@pytest.mark.parametrize("control", [BY_READER, SHARED])
async def test_each_language_and_time_zone_has_its_own_answer(control: str) -> None:
    site = Asked(control)
    told = ["tz=Asia/Seoul", "tz=Asia%2FSeoul", "tz=Europe/Berlin", "", "tz=Nowhere/Else; other=1"]
    assert [(await site.get(cookie))[1][-1] for cookie in told] == ["1", "1", "2", "3", "3"]
    german = [{"cookie": "lang=de"}, {"accept_language": "de-AT,en;q=0.5"}, {"accept_language": "fr, en;q=0.2"}]
    assert [(await site.get(**headers))[1][-1] for headers in german] == ["4", "4", "3"]
    asked = await asyncio.gather(
        site.get("tz=Asia/Tokyo"), site.get("lang=de; tz=Asia/Tokyo"), site.get("tz=Asia/Tokyo")
    )
    assert asked[0] == asked[2] != asked[1]


async def test_while_the_database_is_away_any_visitors_page_is_there_for_all() -> None:
    site = Asked(BY_READER)
    await site.get("tz=Asia/Seoul")
    site.status, site.clock = 503, 2.0
    assert (await site.get("tz=Asia/Tokyo"))[:2] == (200, "as it was1")
    assert (await site.get("tz=Asia/Seoul"))[:2] == (200, "as it was1")
    site.status = 200
    await site.get()
    site.status, site.clock = 503, 4.0
    assert (await site.get("tz=Asia/Tokyo; lang=de"))[:2] == (200, "as it was4")


@pytest.mark.parametrize("control", ["no-store", "private, max-age=0, must-revalidate"])
async def test_what_is_the_visitors_own_is_asked_for_each_time(control: str) -> None:
    site = Asked(control)
    assert [(await site.get())[1][-1] for _ in range(2)] == ["1", "2"]
    site.status = 503
    assert (await site.get())[0] == 503


async def test_an_answer_with_a_tag_keeps_it() -> None:
    site = Asked(SHARED, etag='W/"own"')
    assert (await site.get())[2] == ['W/"own"']
    assert await site.get(if_none_match='"own"') == (304, "", ['W/"own"'])
