"""What becomes of the demo's moments within its first ten minutes, found by the real parser and detector.

Nothing is waited for: the simulator runs on a clock of the test's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from unit.twitch_simulator.conftest import FakeWire

from cause_check.simulated_rows import parse_records, second_rows
from contracts import topics
from contracts.chat_messages import SCHEMA_VERSION, Coverage, Lifecycle, Record
from contracts.codec import decode
from contracts.moments import Moment
from embedded.demo import SIMULATION
from moment_detection.channel import Channel, DictSlots
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from twitch_simulator.crowd.channels import Channel as SimulatedChannel
from twitch_simulator.faults import RESTRICTED
from twitch_simulator.irc.rooms import LINE_END
from twitch_simulator.settings import SimulatorSettings
from twitch_simulator.twitch import Twitch, build, refusing_channels

START = 1_795_425_972_000
MINUTES = 10
STEP_MS = 250
UP_TO_MS = 3_000  # from the last second of a decisive revision until Twitch is asked for the clip
HOUR_MS = 3_600_000


class Decided(NamedTuple):
    """A moment and when its clip is asked for at the latest, ms since 1970."""

    moment: Moment
    at: int


class Visit:
    """The demo's simulator for ten minutes, and what the rooms of the channels were told that `wanted` names."""

    def __init__(self, folder: Path, wanted: set[str] | None, messages_per_second: float) -> None:
        self.now = START
        changed = {"messages_per_second": messages_per_second, "truth_file": folder}
        self.settings = SimulatorSettings(**{**SIMULATION, **changed})
        self.twitch: Twitch = build(self.settings, machine=lambda: self.now)
        self.refusing = set(refusing_channels(self.twitch.directory.channels, self.settings.refusing_channels_every))
        self.lines: list[tuple[int, str]] = []
        self.away: dict[str, list[int]] = {}  # by channel that was live at first, the seconds (ms) without its stream
        self._live = self.twitch.directory.live()
        self._wanted = {each.login for each in self.twitch.directory.channels if each.channel_id in (wanted or ())}
        self._wire = FakeWire()
        connection = self.twitch.rooms.open(self._wire, "tcp")
        connection.capabilities |= {"twitch.tv/tags", "twitch.tv/commands"}
        for login in self._wanted:
            self.twitch.rooms.join(connection, login)
        for step in range(MINUTES * 60_000 // STEP_MS):
            self._step(step)

    def _step(self, step: int) -> None:
        twitch, before = self.twitch, self.now
        self.now += STEP_MS
        if step % (1000 // STEP_MS) == 0:
            twitch.stream_changes.due(self.now)
            for channel in self._live:
                if twitch.directory.broadcast(channel) is None:
                    self.away.setdefault(channel.channel_id, []).append(self.now)
        twitch.play_runner.due(self.now)
        twitch.play_runner.start_due(self.settings.seed, self.settings.plays_per_minute, before, self.now)
        due = [message for message in twitch.chat_schedule.due(self.now) if message.channel.login in self._wanted]
        twitch.delivery.send(due, self.now)
        twitch.rooms.flush()
        self.lines += [(self.now, line) for line in self._wire.text.split(LINE_END) if line]
        self._wire.text = ""

    def decided(self) -> Iterator[Decided]:
        """Yield the moments of the wanted channels with the revision that decides about the clip."""
        records: dict[str, list[Record]] = {}
        for record in parse_records(self.lines):
            records.setdefault(record.channel_id, []).append(record)
        for channel_id, told in records.items():
            yield from decided_in(self.twitch.directory.by_id[channel_id], told, self.now)

    def is_away(self, channel_id: str, at: int) -> bool:
        """Return whether the channel was offline then."""
        return any(abs(second - at) <= 1000 for second in self.away.get(channel_id, ()))


def decided_in(channel: SimulatedChannel, told: list[Record], until: int) -> Iterator[Decided]:
    """Yield a channel's moments as the job publishes them, with the times at which their clips are decided."""
    common = {"schema_version": SCHEMA_VERSION, "channel_id": channel.channel_id, "instance": "visit"}
    joined = Coverage(**common, sent_at=START, received_at=START, event="joined")
    online = Lifecycle(
        **common, sent_at=START, received_at=START, event="online", login=channel.login,
        display_name=channel.display_name, stream_id="1", stream_started_at=START - HOUR_MS,
    )  # fmt: skip
    detector = Channel(channel.channel_id, Detector(Rules()), DictSlots())
    found = [record for row in second_rows([joined, online, *told]) for record in detector.row(row)]
    for at, record in [*found, *detector.advance(until // 1000)]:
        if record.topic == topics.MOMENTS.name:
            moment = decode(record.topic, record.value)
            assert isinstance(moment, Moment)
            if moment.revision == ("closed" if moment.no_clip_reason == "cause" else "peaked"):
                yield Decided(moment, at)


@pytest.fixture(scope="module")
def ten_minutes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Visit, list[Decided]]:
    """The demo's first ten minutes: first who is raided, refuses or ends, then the chat of these channels alone."""
    plan = Visit(tmp_path_factory.mktemp("plan"), None, 0.0)
    raided = {str(play["channel_id"]) for play in plan.twitch.truth.read("plays") if play["kind"] == "raid"}
    wanted = raided | plan.refusing | set(plan.away)
    rate = float(str(SIMULATION["messages_per_second"]))
    visit = Visit(tmp_path_factory.mktemp("chat"), wanted, rate)
    return visit, list(visit.decided())


def test_a_raid_brings_a_crowd_that_gets_no_clip(ten_minutes: tuple[Visit, list[Decided]]) -> None:
    causes = [each.moment.causes[0] for each in ten_minutes[1] if each.moment.no_clip_reason == "cause"]
    assert "raid" in causes


def test_a_channel_refuses_a_clip(ten_minutes: tuple[Visit, list[Decided]]) -> None:
    visit, decided = ten_minutes
    asked = [each for each in decided if each.moment.no_clip_reason is None]
    (refused, *_) = [each.moment.channel_id for each in asked if each.moment.channel_id in visit.refusing]
    refusal = visit.twitch.faults.next_refusal(refused)
    assert refusal is not None
    assert (refusal.status, refusal.message) == (403, RESTRICTED)


def test_a_stream_ends_before_its_clip_is_asked_for(ten_minutes: tuple[Visit, list[Decided]]) -> None:
    visit, decided = ten_minutes
    asked = [each for each in decided if each.moment.no_clip_reason is None]
    ended = [each for each in asked if visit.is_away(each.moment.channel_id, each.at)]
    assert ended
    assert not {each.moment.channel_id for each in ended} & visit.refusing
    assert all(visit.is_away(each.moment.channel_id, each.at + UP_TO_MS) for each in ended)
