"""Beats of the dead man's switch: real servers that are slow, broken, hang, or drip."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from watcher.outside import beat as beats
from watcher.outside.beat import Beat
from watcher.outside.get import BadAddressError, NoAnswerError, get

SECONDS = 0.5  # the deadline here


@contextmanager
def server(answer: bytes | None, every: float = 0.0) -> Iterator[tuple[str, list[bytes]]]:
    """Answer each connection with these bytes: at once, or one by one; None: never."""
    asked: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            try:
                client, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(client,), daemon=True).start()

    def talk(client: socket.socket) -> None:
        with client:
            asked.append(client.recv(4096))
            try:
                for each in (
                    [answer] if answer and not every else [answer[i : i + 1] for i in range(len(answer or b""))]
                ):
                    client.sendall(each or b"")
                    stop.wait(every)
                if answer is None:
                    stop.wait(30)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/ping/very-private", asked
    stop.set()
    listening.close()


def reply(status: int) -> bytes:
    return f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n\r\nOK".encode()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beats, "DEADLINE_SECONDS", SECONDS)


def beat_to(folder: Path, url: str, problem: str | None = None) -> Beat:
    (folder / "url").write_text(f"{url}\n")
    return Beat(folder / "url", lambda: problem)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "taken"), (204, "taken"), (302, "refused"), (404, "refused"), (429, "failed"), (503, "failed")],
)
def test_an_answer_decides(tmp_path: Path, status: int, outcome: str) -> None:
    with server(reply(status)) as (url, asked):
        assert beat_to(tmp_path, url).beat() == outcome
    assert asked[0].startswith(b"GET /ping/very-private HTTP/1.1\r\n")


def test_a_server_that_hangs_is_left_at_the_deadline(tmp_path: Path, quick: None) -> None:
    with server(None) as (url, _):
        began = time.monotonic()
        assert beat_to(tmp_path, url).beat() == "failed"
        assert time.monotonic() - began < 4 * SECONDS


def test_a_server_that_drips_is_left_at_the_deadline_too(tmp_path: Path, quick: None) -> None:
    """Each byte comes within a socket's timeout: only a deadline for the whole ends it."""
    with server(reply(200) * 5, every=SECONDS / 5) as (url, _):
        began = time.monotonic()
        assert beat_to(tmp_path, url).beat() == "failed"
        assert time.monotonic() - began < 4 * SECONDS


@pytest.mark.parametrize("url", ["ftp://example.org/x", "healthchecks", "http://[", "http://a b/c", "https://"])
def test_a_wrong_address_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    assert beat_to(tmp_path, url).beat() in ("refused", "failed")
    with pytest.raises((BadAddressError, NoAnswerError)) as caught:
        get(url, SECONDS)
    assert url not in str(caught.value)


def test_without_an_address_there_is_no_beat(tmp_path: Path) -> None:
    assert Beat(None, lambda: None).beat() == "off"
    assert beat_to(tmp_path, "").beat() == "off"
    assert Beat(tmp_path / "none", lambda: None).beat() == "refused"


def test_a_beat_that_would_be_a_lie_is_withheld(tmp_path: Path) -> None:
    with server(reply(200)) as (url, asked):
        assert beat_to(tmp_path, url, "the watcher has stopped checking").beat() == "withheld"
    assert asked == []


def test_an_address_that_is_corrected_counts_without_a_restart(tmp_path: Path) -> None:
    beat = beat_to(tmp_path, "nonsense")
    assert beat.beat() == "refused"
    with server(reply(200)) as (url, _):
        (tmp_path / "url").write_text(url)
        assert beat.beat() == "taken"


def test_beats_do_not_come_in_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0.0)
            return len(pauses) >= 50

        def is_set(self) -> bool:
            return len(pauses) >= 50

    Beat(None, lambda: None).run(Stop(), 60.0)
    assert len(set(pauses)) > 40
    assert all(54.0 <= pause <= 60.0 for pause in pauses)
