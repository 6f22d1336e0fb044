"""No answer of Helix ends the chooser or the polling, and what is read of it is a valid record."""

from pathlib import Path
from typing import Any

import pytest
from unit.support import odd_answers
from unit.support.helix_client import FixedToken
from unit.support.scripted_twitch import Reply, ScriptedTwitch, twitch

from contracts.channel_names import parse_channels
from contracts.codec import decode, encode
from contracts.topics import STREAM_LIFECYCLE
from stream_monitoring.channels.choice import Choice, ChoiceRules
from stream_monitoring.channels.chooser import Chooser, ChooserOptions
from stream_monitoring.channels.lifecycle import LifecyclePolling, StreamTracker
from stream_monitoring.privacy.opt_outs import OptOuts
from twitch_access.helix import Helix
from twitch_access.session import Session
from twitch_access.transport import Transport

__all__ = ["twitch"]
NOW = 1_800_000_000_000
HASTY = 0.5  # seconds; no answer here is slow


class MemoryList:
    def __init__(self) -> None:
        self.choice: Choice = {}

    def read(self) -> Choice:
        return self.choice

    def write(self, choice: Choice) -> None:
        self.choice = choice


@pytest.fixture
def helix(twitch: ScriptedTwitch) -> Helix:
    return Helix(Session(Transport(), twitch.url, "client", FixedToken(), HASTY))


def chooser(helix: Helix, folder: Path, **options: Any) -> Chooser:
    chosen = {"pinned": parse_channels("twitchdev"), "rules": ChoiceRules(5), "games": ("Fortnite",), "decides": True}
    return Chooser(
        options=ChooserOptions(**(chosen | {"choose_seconds": 60.0} | options)),
        helix=helix,
        shared=None,
        copy=MemoryList(),
        watch=lambda logins: None,
        ids_from_chat=dict,
        hears_chat=lambda: True,
        opt_outs=OptOuts(None, folder / "opt_outs.json"),
        erase=lambda opt_outs: None,
    )


@pytest.mark.parametrize("item", [odd_answers.USER, odd_answers.GAME, odd_answers.STREAM])
def test_no_answer_ends_the_chooser(helix: Helix, twitch: ScriptedTwitch, tmp_path: Path, item: dict[str, Any]):
    way = chooser(helix, tmp_path)
    for reply in odd_answers.page_replies(item):
        twitch.answer(reply)
        way.choose_once()


@pytest.mark.parametrize("item", [odd_answers.USER, odd_answers.STREAM])
def test_no_answer_ends_the_polling(helix: Helix, twitch: ScriptedTwitch, item: dict[str, Any]):
    """And what it emits decodes as what it was."""
    emitted: list[Any] = []
    for reply in odd_answers.page_replies(item):
        well = Reply(body={"data": [odd_answers.USER]}), Reply(body={"data": [odd_answers.STREAM]})
        twitch.answer(*((reply, well[0]) if item is odd_answers.STREAM else (well[1], reply)))
        polling = LifecyclePolling(
            helix=helix,
            tracker=StreamTracker("a"),
            watched=lambda: [odd_answers.STREAM["user_id"], "5"],
            emit=emitted.extend,
            twitch_now=lambda: NOW,
            poll_seconds=20.0,
        )
        polling.poll()
    assert emitted
    assert all(decode(STREAM_LIFECYCLE.name, encode(each)) == each for each in emitted)
