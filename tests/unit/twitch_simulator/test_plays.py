"""Plays are planned in full with their truth; a room's rules apply and are sent on joining."""

import json
from pathlib import Path
from random import Random

import pytest

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.chatters import make_crowd
from twitch_simulator.crowd.emotes import emotes_only
from twitch_simulator.crowd.plays import KINDS, Script, plan_play
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.irc.irc_session import IrcSession
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import Twitch, build

from .conftest import FakeWire

START = 1_795_369_181_000
CROWD = make_crowd(1, 500)


class Room:
    """A simulated Twitch on a clock that the test sets, with one listener in one room."""

    def __init__(self, folder: Path) -> None:
        self.now, self.folder = START, folder
        settings = SimulatorSettings(truth_file=folder, channels=3, messages_per_second=0, always_live=True)
        self.twitch: Twitch = build(settings, machine=lambda: self.now)
        self.channel = self.twitch.directory.channels[0]
        self.wire = FakeWire()
        self.session = IrcSession(self.twitch.rooms.open(self.wire, "tcp"), self.twitch.session_context)
        for line in ("CAP REQ :twitch.tv/tags twitch.tv/commands", "NICK justinfan1"):
            self.session.receive(line)

    def join(self) -> list[str]:
        return self.session.receive(f"JOIN #{self.channel.login}")

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds * 20):
            self.now += 50
            self.twitch.play_runner.due(self.now)
            self.twitch.delivery.send(self.twitch.chat_schedule.due(self.now), self.now)
        self.twitch.rooms.flush()

    def lines(self, command: str) -> list[str]:
        return [line for line in self.wire.text.split("\r\n") if f" {command} #" in line]

    def truth(self, name: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in (self.folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_equal_seeds_give_equal_plays(kind: str, room: Room) -> None:
    script = Script(kind, 40, 10.0)
    first, again, other = (plan_play(Random(seed), script, room.channel, START, CROWD) for seed in (3, 3, 4))
    assert first == again
    assert first.messages != other.messages
    assert [message.at for message in first.messages] == sorted(message.at for message in first.messages)
    assert len({message.chatter.user_id for message in first.messages}) >= 38
    assert first.ends_at <= START + 12_000
    if kind == "bots":
        assert not {message.chatter for message in first.messages} & set(CROWD)


def test_a_raid_is_a_notice_with_its_viewers_and_then_people(room: Room) -> None:
    room.join()
    row = room.twitch.play_runner.start(Script("raid", 30, 5.0, amount=80), room.channel, Random(1))
    room.pass_time(12)
    (notice,) = room.lines("USERNOTICE")
    assert ";msg-id=raid;" in notice
    assert ";msg-param-viewerCount=80;" in notice
    assert len(room.lines("PRIVMSG")) == row["messages"] == len(room.truth("messages"))
    assert room.truth("plays") == [row]
    assert (row["kind"], row["people"], row["amount"], row["burst"]) == ("raid", 30, 80, False)
    assert [each["notice_type"] for each in room.truth("notices")] == ["raid"]


def test_gifts_are_announced_and_named_one_by_one(room: Room) -> None:
    room.join()
    room.twitch.play_runner.start(Script("gifts", 20, 5.0, amount=12), room.channel, Random(1))
    room.pass_time(10)
    notices = room.lines("USERNOTICE")
    assert [";msg-param-mass-gift-count=12;" in line for line in notices] == [True] + [False] * 12
    assert sum(";msg-id=subgift;" in line for line in notices) == 12


def test_a_rule_is_sent_on_change_and_joining_and_applies(room: Room) -> None:
    room.twitch.events.change_rule(room.channel, "emote-only", 1)
    joined = next(line for line in room.join() if "ROOMSTATE" in line)
    assert "emote-only=1;followers-only=-1" in joined
    channel, (one, two) = room.channel, CROWD[:2]
    sent = [
        PlannedMessage(START, channel, one, ChatText("Kappa LUL", "")),
        PlannedMessage(START, channel, two, ChatText("hello", "")),
    ]
    room.twitch.delivery.send(sent, START)
    room.twitch.events.change_rule(channel, "emote-only", 0)
    room.twitch.delivery.send(sent[1:], START)
    room.twitch.rooms.flush()
    words = [line.rpartition(":")[2].split(" ")[-1] for line in room.lines("PRIVMSG")]  # few answer the line before
    assert words == ["LUL", "hello"]
    assert [line.partition(" ")[0] for line in room.lines("ROOMSTATE")] == [
        f"@room-id={channel.channel_id};emote-only=0"
    ]
    assert [each["value"] for each in room.truth("rules")] == [1, 0]


def test_greetings_start_a_new_stream(room: Room) -> None:
    before = room.twitch.directory.broadcast(room.channel)
    room.now += 60_000
    room.twitch.play_runner.start(Script("greetings", 20, 5.0), room.channel, Random(1))
    after = room.twitch.directory.broadcast(room.channel)
    assert before is not None
    assert after is not None
    assert (after.stream_id != before.stream_id, after.started_at) == (True, room.now)


def test_a_burst_after_a_raid_is_in_the_truth(room: Room) -> None:
    room.join()
    rng = Random(2)
    burst = room.twitch.play_runner.burst(rng, room.channel, 40)
    row = room.twitch.play_runner.start(Script("raid", 40, 5.0, burst=burst), room.channel, rng)
    assert row["burst"] is True
    room.pass_time(50)
    sent = [line.rpartition(" :")[2] for line in room.lines("PRIVMSG")]
    assert sum(burst.emote in text for text in sent) > 20


def test_emotes_only_tells_emotes_from_words() -> None:
    assert emotes_only("Kappa LUL")
    assert not emotes_only("Kappa hello")
