"""One authorised request to Helix: token, budget, deadline, retries."""

import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from contracts import metrics
from service_runtime.measures import measure
from twitch_access.answers import Page, decode_page, problem
from twitch_access.budget import Budget, Share
from twitch_access.errors import (
    Deadline,
    RateLimited,
    Refused,
    TwitchError,
    Unauthorized,
    Unavailable,
    WrongShape,
)
from twitch_access.retries import within
from twitch_access.tokens import Token
from twitch_access.transport import Answer, Parameters, Transport

log = structlog.get_logger()
SCOPE = "scope"  # Twitch's "Missing scope: clips:edit", or "... clips:edit or channel:manage:clips"
OUTCOMES: dict[type[TwitchError], str] = {
    RateLimited: "rate_limited",
    Unavailable: "unavailable",
    Deadline: "deadline",
    Unauthorized: "unauthorized",
    Refused: "refused",
    WrongShape: "wrong_shape",
}


class Session:
    """Requests under one token, and so under one of Twitch's rate buckets. Safe to share between threads."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        client_id: str,
        token: Token,
        deadline_seconds: float,
        share: Share | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._transport = transport
        self._url = url
        self._client_id = client_id
        self._token = token
        self._deadline_seconds = deadline_seconds
        self._clock = clock
        self._share = share or Share()
        self._budget = Budget(reserve=self._share.floor)
        self._lock = threading.Lock()
        self._odd_endpoints: set[str] = set()  # whose odd items were logged

    def get(self, endpoint: str, params: Parameters, kind: Any) -> Page[Any]:
        """Return a page of `kind`; retry 5xx, lost connections and a spent budget within the deadline."""
        return within(self._deadline_seconds, lambda seconds: self._ask("GET", endpoint, params, kind, seconds))

    def post(self, endpoint: str, params: Parameters, kind: Any) -> Page[Any]:
        """Return a page of `kind`; send once, and again with a new token only after a 401, which did nothing."""
        return self._ask("POST", endpoint, params, kind, self._deadline_seconds)

    def _ask(self, method: str, endpoint: str, params: Parameters, kind: Any, seconds: float) -> Page[Any]:
        until = time.monotonic() + seconds
        outcome = "ok"
        try:
            answer = self._authorised(method, endpoint, params, until, seconds)
            page = decode_page(answer.body, kind, self._url + endpoint)
            self._count_odd(endpoint, page)
            return page
        except TwitchError as error:
            outcome = next((name for kind, name in OUTCOMES.items() if isinstance(error, kind)), "other")
            raise
        finally:
            measure(metrics.HELIX_REQUESTS).labels(endpoint=endpoint, outcome=outcome).inc()

    def _count_odd(self, endpoint: str, page: Page[Any]) -> None:
        """Count the items that were left out; log only the first ones, for they come with every poll."""
        if not page.odd:
            return
        measure(metrics.HELIX_ODD_ITEMS).labels(endpoint=endpoint).inc(len(page.odd))
        if endpoint not in self._odd_endpoints:
            self._odd_endpoints.add(endpoint)
            log.warning("items of an answer left out", endpoint=endpoint, items=len(page.odd), reason=page.odd[0])

    def _authorised(self, method: str, endpoint: str, params: Parameters, until: float, seconds: float) -> Answer:
        token = self._token.value(until - time.monotonic())
        try:
            return self._send(method, endpoint, params, token, until, seconds)
        except Unauthorized as error:
            if SCOPE in str(error).lower():  # another token of the same sign-in would lack it too
                raise self._token.lacks_scope(str(error)) from error
            self._token.renew(token, until - time.monotonic())
            token = self._token.value(until - time.monotonic())
            return self._send(method, endpoint, params, token, until, seconds)

    def _send(self, method: str, endpoint: str, params: Parameters, token: str, until: float, seconds: float) -> Answer:
        left = until - time.monotonic()
        if left <= 0:
            raise Deadline(seconds, reached=False)
        self._spend()
        answer: Answer | None = None
        headers = {"Authorization": f"Bearer {token}", "Client-Id": self._client_id}
        try:
            answer = self._transport.ask(method, self._url + endpoint, left, params=params, headers=headers)
        finally:
            reset_at = self._settle(answer)
        return checked(answer, reset_at, self._url + endpoint)

    def _spend(self) -> None:
        """Count the request; raise `RateLimited` before Twitch's budget or our share of it is overspent."""
        with self._lock:
            now = self._clock()
            if self._budget.wait_seconds(now) > 0:
                raise RateLimited(self._budget.reset_at)
            wait = self._share.take(now)
            if wait > 0:
                raise RateLimited(now + wait)
            self._budget.spend(now)

    def _settle(self, answer: Answer | None) -> float:
        """Update the budget from the answer; return when it is full again."""
        with self._lock:
            headers = answer.headers if answer else {}
            if answer and answer.status == 429:
                self._budget.refused(headers, self._clock())
            else:
                self._budget.settle(headers, self._clock())
            if self._budget.remaining is not None:
                measure(metrics.HELIX_BUDGET).set(self._budget.remaining)
            return self._budget.reset_at


def checked(answer: Answer, reset_at: float, address: str) -> Answer:
    """Return a successful answer; raise its error otherwise. `address`: what was asked, for the error."""
    status = answer.status
    if 200 <= status < 300:
        return answer
    if status == 429:
        raise RateLimited(reset_at)
    if status >= 500:
        raise Unavailable(f"{address} answered {status}", reached=True)
    message = problem(answer.body)
    if status == 401:
        raise Unauthorized(message or f"{address} answered 401 without a reason")
    if status < 400:
        raise WrongShape(f"{address} answered {status} where no redirect is promised: check TWITCH_API_URL")
    raise Refused(status, message or f"{address} gave no reason")
