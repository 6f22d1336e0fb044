"""Answers from memory where that is as good, with an ETag, and with an old page while Postgres is away."""

import asyncio
import gzip
from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api_frontend.middleware.kept_answers import Answer, KeptAnswers, Key, etag_of
from api_frontend.reader import CURRENT

NOTICE_PLACE = b"<!-- notice -->"  # in base.html
NEVER_KEPT = ("/static/", "/health", "/ready")
PICTURES = (".png", ".ico")  # the shelf keeps them
LIVE = "/events"
MOST_QUERY = 2000  # bytes; longer ones are nobody's second request
Notice = Callable[[datetime], str]


def key_of(scope: Scope) -> Key | None:
    """Return under which key the answer is kept; None if it is not."""
    path, query = scope["path"], scope["query_string"]
    if scope["method"] != "GET" or len(query) > MOST_QUERY:
        return None
    if path.startswith(NEVER_KEPT) or path.endswith((LIVE, *PICTURES)):
        return None
    headers = Headers(scope=scope)
    is_compressed = "gzip" in headers.get("accept-encoding", "")
    return Key(headers.get("host", "").lower(), path, query, is_compressed, CURRENT.get())


def is_known(etag: str, told: str) -> bool:
    """Return whether `If-None-Match` names the ETag; the weak comparison of RFC 9110, 13.1.2."""
    known = {one.strip().removeprefix("W/") for one in told.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


class Revalidation:
    """Asks the site once for all who want the same at the same time, and keeps what may be shared."""

    def __init__(self, app: ASGIApp, answers: KeptAnswers, notice: Notice) -> None:
        self._app, self._answers, self._notice = app, answers, notice
        self._asking: dict[Key, asyncio.Future[Answer | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = key_of(scope) if scope["type"] == "http" else None
        if key is None:
            await self._app(scope, receive, send)
            return
        answer = self._answers.fresh(key) or await self._shared(key) or await self._leading(key, scope, receive)
        if answer.status == 503 and (last := self._answers.last(key)) is not None and last.is_page:
            answer = self._old(last, answer)
        scope["route"] = answer.route
        await reply(scope, send, answer)

    async def _shared(self, key: Key) -> Answer | None:
        """Wait for the answer that someone else has asked for; None if there is none for all."""
        under_way = self._asking.get(key)
        return await asyncio.shield(under_way) if under_way else None

    async def _leading(self, key: Key, scope: Scope, receive: Receive) -> Answer:
        leads = key not in self._asking
        result: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        if leads:
            self._asking[key] = result
        shared = None
        try:
            answer = await self._ask(scope, receive)
            if answer.may_be_shared:
                self._answers.keep(key, answer)
            if answer.may_be_shared or answer.status == 503:
                shared = answer
            return answer
        finally:
            if leads:
                del self._asking[key]
            result.set_result(shared)

    async def _ask(self, scope: Scope, receive: Receive) -> Answer:
        state, made_at = self._answers.state, self._answers.now()
        started: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                started.append(message)
            else:
                body.extend(message.get("body", b""))

        await self._app(scope, receive, collect)
        headers, content = started[0]["headers"], bytes(body)
        own_tag = Headers(raw=headers).get("etag")
        return Answer(
            status=started[0]["status"],
            headers=headers,
            body=content,
            route=scope.get("route"),
            etag=own_tag or etag_of(content),
            made_at=made_at,
            state=state,
        )

    def _old(self, last: Answer, refusal: Answer) -> Answer:
        """Return the page as it was, with a notice in it."""
        headers = MutableHeaders(raw=list(last.headers))
        is_compressed = "content-encoding" in headers
        body = gzip.decompress(last.body) if is_compressed else last.body
        body = body.replace(NOTICE_PLACE, self._notice(last.at).encode(), 1)
        if is_compressed:
            del headers["content-encoding"]
        headers["content-length"] = str(len(body))
        headers["cache-control"] = "no-store"
        return Answer(
            status=200,
            headers=headers.raw,
            body=body,
            route=last.route,
            etag="",
            made_at=refusal.made_at,
            state=refusal.state,
        )


async def reply(scope: Scope, send: Send, answer: Answer) -> None:
    """Send the answer, or that the reader has it."""
    headers = list(answer.headers)
    told = Headers(scope=scope).get("if-none-match")
    status, body = answer.status, answer.body
    if answer.may_be_shared:
        headers = [each for each in headers if each[0].lower() != b"etag"] + [(b"etag", answer.etag.encode("latin-1"))]
        if told is not None and is_known(answer.etag, told):
            without = (b"content-length", b"content-type", b"content-encoding")
            status, body, headers = 304, b"", [each for each in headers if each[0].lower() not in without]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
