"""One GET with a deadline and a bounded answer, its failures as typed errors."""

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from functools import cache

import httpx

from emote_catalogue.errors import CatalogueError, CutOff, TooLarge, TooSlow, Unreachable, WrongShape

ANSWER_BYTES = 6 * 1024 * 1024  # packed or unpacked; a set of 1,000 emotes of 7TV, the largest, has 2 MB
PIECE_BYTES = 64 * 1024  # that are unpacked at once: a small packed piece may hold gigabytes
DEADLINE_SECONDS = 15.0
SLACK_SECONDS = 0.1  # beyond the deadline, in which a request ends by itself with its own reason
USER_AGENT = "stream-scout"
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Answer:
    """A whole answer. The headers' names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Fetch = Callable[[str, Mapping[str, str]], Answer]  # an address and headers; raises CatalogueError


@cache
def authorities() -> ssl.SSLContext:
    """Return what certificates are checked with, once for all providers: it takes 1 MB."""
    return httpx.create_ssl_context(trust_env=False)


class Fetcher:
    """Asks one provider over a pool of connections. Redirects are not followed."""

    def __init__(self, deadline_seconds: float = DEADLINE_SECONDS, answer_bytes: int = ANSWER_BYTES) -> None:
        self._deadline_seconds, self._answer_bytes = deadline_seconds, answer_bytes
        self._client = httpx.Client(
            headers={"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(deadline_seconds),
            verify=authorities(),
            trust_env=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def fetch(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer. Raises a CatalogueError; no status is one here.

        The request has a thread that can be abandoned: neither a name server nor headers that drip in have a deadline.
        """
        answer: Future[Answer] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._exchange(url, headers))
            except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
                answer.set_exception(error)

        threading.Thread(target=ask, name="emote catalogue request", daemon=True).start()
        try:
            return answer.result(self._deadline_seconds + SLACK_SECONDS)
        except FutureTimeoutError as error:
            raise TooSlow(f"no answer within {self._deadline_seconds:.0f} s") from error

    def _exchange(self, url: str, headers: Mapping[str, str]) -> Answer:
        until = time.monotonic() + self._deadline_seconds
        try:
            with self._client.stream("GET", url, headers=dict(headers)) as response:
                names = {name.lower(): value for name, value in response.headers.items()}
                pieces = in_time(response.iter_raw(), until, time.monotonic)
                packing = names.get("content-encoding", "").strip().lower()
                return Answer(response.status_code, read_body(pieces, packing, self._answer_bytes), names)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise failure(error) from error


def in_time(pieces: Iterable[bytes], until: float, clock: Callable[[], float]) -> Iterable[bytes]:
    """Yield the pieces; raise TooSlow for an answer that drips in past the deadline."""
    for piece in pieces:
        if clock() > until:
            raise TooSlow("the answer did not end in time")
        yield piece


def read_body(pieces: Iterable[bytes], packing: str, most: int) -> bytes:
    """Return the unpacked body of at most `most` bytes; never hold much more. Raises CatalogueError.

    `packing`: the header Content-Encoding, "" for none.
    """
    if packing not in ("", "identity", "gzip"):
        raise WrongShape(f"the answer is packed as {packing[:20]!r}, which was not asked for")
    unpacker = zlib.decompressobj(GZIP) if packing == "gzip" else None
    body = bytearray()
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if unpacker is None:
                    body, rest = body + rest, b""
                else:
                    body += unpacker.decompress(rest, PIECE_BYTES)
                    rest = unpacker.unconsumed_tail
                if len(body) > most:
                    raise TooLarge(f"the answer has more than {most:,} bytes")
    except zlib.error as error:
        raise WrongShape(f"the answer cannot be unpacked: {error}") from error
    if unpacker is not None and not unpacker.eof:
        raise CutOff("the packed answer is not whole")
    return bytes(body)


def failure(error: Exception) -> CatalogueError:
    """Return the typed error for what httpx raised."""
    match error:
        case httpx.TimeoutException():
            return TooSlow(str(error) or "no answer in time")
        case httpx.RemoteProtocolError():
            return CutOff(str(error))
    return Unreachable(str(error) or type(error).__name__)
