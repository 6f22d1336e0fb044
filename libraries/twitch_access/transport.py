"""One HTTP request with a deadline, its failures as typed errors."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any

import httpx

from twitch_access.errors import Deadline, Unavailable

ANSWER_BYTES = 8 * 1024 * 1024  # a page of 100 streams has about 80 KB
CONNECT_SHARE = 0.5  # of the time, for one of a host's addresses: it may have two, and the first may be silent
SLACK_SECONDS = 0.1  # beyond the deadline, in which a request ends by itself with its own reason
USER_AGENT = "stream-scout"
Parameters = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """A whole answer. The headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """A pool of connections, safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = httpx.Client(headers={"User-Agent": USER_AGENT}, trust_env=False)
        self._clock = clock

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, method: str, url: str, seconds: float, **request: Any) -> Answer:
        """Send one request (`params`, `headers`, `form`) and read its answer within `seconds`.

        Raises `Unavailable` where no connection came about or it broke, and `Deadline`; no status is an error here.
        The request has a thread that can be abandoned: neither a name server nor headers that drip in have a deadline.
        """
        answer: Future[Answer] = Future()
        sent = threading.Event()

        def send() -> None:
            try:
                answer.set_result(self._exchange(method, url, seconds, sent, **request))
            except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
                answer.set_exception(error)

        threading.Thread(target=send, name="twitch request", daemon=True).start()
        try:
            return answer.result(max(0.0, seconds) + SLACK_SECONDS)
        except FutureTimeoutError as error:
            raise Deadline(seconds, reached=sent.is_set(), address=url) from error

    def _exchange(
        self,
        method: str,
        url: str,
        seconds: float,
        sent: threading.Event,
        params: Parameters = (),
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read its answer; set `sent` once Twitch may have read of it."""
        until = self._clock() + seconds

        def note(event: str, _info: object) -> None:
            if event.endswith("send_request_headers.started"):
                sent.set()

        try:
            with self._client.stream(
                method,
                url,
                params=list(params) or None,
                headers=headers,
                data=form,
                timeout=httpx.Timeout(max(0.05, seconds), connect=max(0.05, seconds * CONNECT_SHARE)),
                extensions={"trace": note},
            ) as response:
                body = self._body(response, until, seconds)
                told = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, told, body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise failure(error, url, seconds) from error

    def _body(self, response: httpx.Response, until: float, seconds: float) -> bytes:
        """Read the answer's body; give up one that drips in past the deadline or has no end."""
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if self._clock() > until:
                raise Deadline(seconds)
            if len(body) > ANSWER_BYTES:
                raise Unavailable("the answer has no end", reached=True)
        return bytes(body)


def failure(error: Exception, url: str, seconds: float) -> Deadline | Unavailable:
    """Return the typed error for what httpx raised."""
    match error:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return Deadline(seconds, reached=False, address=url)
        case httpx.TimeoutException():
            return Deadline(seconds, address=url)
        case httpx.ConnectError() | httpx.UnsupportedProtocol():
            return Unavailable(f"no connection to {url}: {error}", reached=False)
        case httpx.InvalidURL() | UnicodeError():  # an address, or a token that no header can carry
            return Unavailable(f"{url} cannot be asked: {error}", reached=False)
    return Unavailable(f"the connection to {url} broke: {error}", reached=True)
