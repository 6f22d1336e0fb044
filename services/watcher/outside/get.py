"""One GET with a deadline for the whole of it: who sends a byte now and then holds nobody up."""

import http.client
import socket
import threading
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

USER_AGENT = "stream-scout-watcher/1"
MOST_BYTES = 512 * 1024  # of an answer; a standby's metrics take 20 kB


class NoAnswerError(RuntimeError):
    """There was no answer in time; the text says why, without the address, which may be a secret."""


class BadAddressError(RuntimeError):
    """This is no address that can be asked; the text does not repeat it."""


class Answer(NamedTuple):
    """Status and body of an answer; no redirect is followed."""

    status: int
    body: bytes


def get(url: str, seconds: float) -> Answer:
    """Ask once. Raises `NoAnswerError`, or `BadAddressError` where another try is of no use."""
    try:
        parts = urlsplit(url)
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[parts.scheme]
        connection = kind(parts.hostname or "", parts.port, timeout=seconds)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    except (KeyError, ValueError, http.client.InvalidURL):
        raise BadAddressError("the address is no http:// or https:// address") from None
    try:
        return _ask(connection, target, seconds)
    except (http.client.InvalidURL, UnicodeError, ValueError):  # their texts have the address
        raise BadAddressError("the address is no http:// or https:// address") from None
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswerError(type(error).__name__ if not isinstance(error, OSError) else _reason(error)) from None
    finally:
        connection.close()


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__)[:200]


def _ask(connection: http.client.HTTPConnection, target: str, seconds: float) -> Answer:
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        with suppress(OSError, AttributeError):  # it may not be connected yet
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        connection.request("GET", target, headers={"User-Agent": USER_AGENT, "Connection": "close"})
        response = connection.getresponse()
        body = response.read(MOST_BYTES)
    finally:
        timer.cancel()
    if is_over.is_set():
        raise TimeoutError("no answer in time")
    return Answer(response.status, body)
