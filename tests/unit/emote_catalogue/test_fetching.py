"""One GET against a server that lies, drips and breaks off."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emote_catalogue.errors import CutOff, TooLarge, TooSlow, Unreachable, WrongShape
from emote_catalogue.fetching import ANSWER_BYTES, Fetcher, read_body

MEGABYTE = 1024 * 1024


@contextmanager
def server(*pieces: bytes, pause_seconds: float = 0.0) -> Iterator[str]:
    """A server that answers each request with these bytes and closes; yields its address."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65_536)
                try:
                    for piece in pieces:
                        connection.sendall(piece)
                        time.sleep(pause_seconds)
                except OSError:
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


def answered(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(deadline_seconds=0.6)
    yield made
    made.close()


def test_a_good_answer_is_whole(fetcher: Fetcher) -> None:
    with server(answered(gzip.compress(b"[1]"), "Content-Encoding: gzip", "X-Limit: 5")) as url:
        answer = fetcher.fetch(url, {"X-Own": "1"})
    assert (answer.status, answer.body, answer.headers["x-limit"]) == (200, b"[1]", "5")


def test_half_an_answer_is_cut_off(fetcher: Fetcher) -> None:
    for head in (answered(b"[1, 2", length=50), answered(gzip.compress(b"[1]" * 99)[:15], "Content-Encoding: gzip")):
        with server(head) as url, pytest.raises(CutOff):
            fetcher.fetch(url, {})


def test_an_answer_that_drips_in_is_too_slow(fetcher: Fetcher) -> None:
    with server(answered(b"", length=99), *[b"x"] * 99, pause_seconds=0.1) as url, pytest.raises(TooSlow):
        fetcher.fetch(url, {})


def test_headers_that_drip_in_are_too_slow(fetcher: Fetcher) -> None:
    before = time.monotonic()
    with server(*[b"H"] * 99, pause_seconds=0.1) as url, pytest.raises(TooSlow):
        fetcher.fetch(url, {})
    assert time.monotonic() - before < 2


def test_an_answer_of_8_megabytes_is_too_large(fetcher: Fetcher) -> None:
    with server(answered(b" " * 8 * MEGABYTE)) as url, pytest.raises(TooLarge):
        fetcher.fetch(url, {})


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * MEGABYTE) for _ in range(400)) + packer.flush()
    tracemalloc.start()
    with pytest.raises(TooLarge):
        read_body([bomb], "gzip", ANSWER_BYTES)
    assert tracemalloc.get_traced_memory()[1] < 4 * ANSWER_BYTES
    tracemalloc.stop()


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip, gzip", "zstd"])
def test_a_packing_that_nobody_asked_for_is_an_error(packing: str) -> None:
    with pytest.raises(WrongShape):
        read_body([b"x"], packing, 100)


def test_what_is_not_packed_though_it_says_so_is_an_error() -> None:
    with pytest.raises(WrongShape):
        read_body([b"<html>"], "gzip", 100)


def test_a_redirect_is_not_followed(fetcher: Fetcher) -> None:
    with server(answered(b"", "Location: http://127.0.0.1:9/", status="302 Found")) as url:
        assert fetcher.fetch(url, {}).status == 302


def test_nobody_there_is_unreachable(fetcher: Fetcher) -> None:
    with server() as url:
        pass
    for address in (url, "http://127.0.0.1:1/", "gopher://x/", "http://[/"):
        with pytest.raises(Unreachable):
            fetcher.fetch(address, {})


def test_another_protocol_is_an_error(fetcher: Fetcher) -> None:
    with server(b"220 smtp ready\r\n") as url, pytest.raises(CutOff):
        fetcher.fetch(url, {})
