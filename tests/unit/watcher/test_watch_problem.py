"""When a beat of the dead man's switch would be a lie: nobody checks, or nobody would be told."""

from pathlib import Path

import pytest

from watcher.condition import Limits
from watcher.debounce import Delays
from watcher.progress import ProgressReader
from watcher.state_file import StateFile
from watcher.watch_loop import MUTE_SECONDS, STUCK_SECONDS, WatchLoop
from watcher.webhook import Webhook

NOWHERE = "host=127.0.0.1 port=1"


class Clock:
    """Seconds that the test lets pass."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def loop_of(folder: Path, clock: Clock, url: str) -> WatchLoop:
    (folder / "url").write_text(url)
    return WatchLoop(
        progress=ProgressReader(NOWHERE),
        webhook=Webhook(folder / "url", "plain"),
        state_file=StateFile(folder / "state.json"),
        limits=Limits(60, 300),
        delays=Delays(0, 0, 0),
        monotonic=clock,
    )


def test_a_watcher_that_does_not_check_is_no_watcher(tmp_path: Path, clock: Clock) -> None:
    loop = loop_of(tmp_path, clock, "")
    clock.seconds += STUCK_SECONDS
    assert loop.problem() is None
    clock.seconds += 1
    assert loop.problem() == "the watcher has stopped checking"
    loop.check()
    assert loop.problem() is None, "Postgres is away, and that is what it tells"


def test_a_webhook_that_takes_nothing_for_ten_minutes_is_told_from_outside(tmp_path: Path, clock: Clock) -> None:
    loop = loop_of(tmp_path, clock, "http://127.0.0.1:1/hook")
    loop.check()
    loop.deliver()
    for _ in range(round(MUTE_SECONDS / 60)):
        assert loop.problem() is None
        clock.seconds += 60
        loop.check()
        loop.deliver()
    clock.seconds += 1
    assert loop.problem() == "the webhook takes no notices"
    (tmp_path / "url").write_text("")
    assert loop.problem() == "the webhook takes no notices", "the notice still waits"
