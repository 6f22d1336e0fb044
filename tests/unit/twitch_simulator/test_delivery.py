"""The truth is written before the bytes; silence, disorder and duplicates on the wire."""

import json
from collections import Counter
from itertools import accumulate, count
from random import Random

import pytest

from twitch_simulator.clock import SimulatedClock
from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.delivery import SLICE_MS, Delivery
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.delivery.shared_chat import SharedChat
from twitch_simulator.faults import Faults
from twitch_simulator.irc.rooms import MAX_WAITING_BYTES
from twitch_simulator.truth import Truth, message_row

FIRST, SECOND = plan_channels(1, 2)
FAN = Chatter("78", "quietfox", "quietfox", 0, False, "")


class Sender:
    """A delivery with its truth files, on the clock of `sockets`."""

    def __init__(self, sockets, folder) -> None:
        self.sockets, self.faults, self.truth = sockets, Faults(), Truth(folder)
        self.clock = SimulatedClock(lambda: sockets.now)
        rng, self.relayed_ids = Random(1), count()
        self.delivery = Delivery(
            rooms=sockets.rooms,
            truth=self.truth,
            faults=self.faults,
            clock=self.clock,
            renderer=Renderer(rng),
            shared_chat=SharedChat(lambda: str(next(self.relayed_ids))),
            rng=rng,
        )

    def send(self, count: int, channel=FIRST) -> None:
        messages = [PlannedMessage(self.sockets.now, channel, FAN, ChatText("hi", "")) for _ in range(count)]
        self.delivery.send(messages, self.sockets.now)
        self.sockets.rooms.flush()

    def later(self, milliseconds: int) -> None:
        self.sockets.now += milliseconds
        self.send(0)

    def rows(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.truth.folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture
def post(sockets, tmp_path) -> Sender:
    return Sender(sockets, tmp_path)


def ids_in(text: str) -> list[str]:
    return [line.partition(";id=")[2].partition(";")[0] for line in text.split("\r\n") if "PRIVMSG" in line]


def test_the_truth_is_in_the_file_before_the_bytes_go_out(post: Sender, sockets) -> None:
    _, wire = sockets.connect(FIRST.login)
    counts: list[int] = []
    wire.on_send = lambda: counts.append(len(post.rows("messages")))
    post.send(3)
    assert counts == [3]
    assert [row["message_id"] for row in post.rows("messages")] == ids_in(wire.text)
    assert {(row["channel_id"], row["sent_at"]) for row in post.rows("messages")} == {(FIRST.channel_id, sockets.now)}


def test_messages_without_a_listener_are_counted_as_unsent(post: Sender, sockets) -> None:
    sockets.connect(FIRST.login)
    post.send(4, SECOND)
    post.truth.flush()
    assert post.rows("messages") == []
    assert post.rows("unsent") == [{"channel_id": SECOND.channel_id, "second": sockets.now // 1000, "messages": 4}]


def test_messages_for_a_silenced_socket_are_unsent(post: Sender, sockets) -> None:
    connection, wire = sockets.connect(FIRST.login)
    connection.silence(sockets.now + 1000)
    post.send(2)
    assert wire.text == ""
    assert post.delivery.unsent == 2
    sockets.now += 1000
    post.send(1)
    assert len(ids_in(wire.text)) == post.delivery.sent == 1


def test_a_closed_socket_receives_nothing(post: Sender, sockets) -> None:
    _, wire = sockets.connect(FIRST.login)
    wire.closed = True
    post.send(1)
    assert (post.delivery.sent, post.delivery.unsent) == (0, 1)


def test_clients_without_tags_get_none(post: Sender, sockets) -> None:
    _, tagged = sockets.connect(FIRST.login)
    _, plain = sockets.connect(FIRST.login, tags=False)
    post.send(1)
    assert tagged.text.startswith("@badge-info=")
    assert plain.text == f":quietfox!quietfox@quietfox.tmi.twitch.tv PRIVMSG #{FIRST.login} :hi\r\n"


def test_disorder_delays_a_share_and_loses_nothing(post: Sender, sockets) -> None:
    _, wire = sockets.connect(FIRST.login)
    post.faults.disorder_share, post.faults.disorder_seconds = 0.5, 3.0
    for _ in range(40):
        post.send(5)
        sockets.now += 50
    post.later(3000)
    times = [int(line.partition("tmi-sent-ts=")[2].partition(";")[0]) for line in wire.text.split("\r\n")[:-1]]
    assert times != sorted(times)
    assert len(times) == 200
    assert sorted(ids_in(wire.text)) == sorted(row["message_id"] for row in post.rows("messages"))


def test_a_late_step_adds_no_disorder(post: Sender, sockets) -> None:
    """Chat of three seconds comes in one step, room after room, for one socket that has both."""
    _, wire = sockets.connect(FIRST.login, SECOND.login)
    post.faults.disorder_share, post.faults.disorder_seconds = 0.5, 0.8
    begin, sockets.now = sockets.now, sockets.now + 3_000
    by_room = [
        PlannedMessage(begin + at, room, FAN, ChatText("hi", ""))
        for room in (FIRST, SECOND)
        for at in range(0, 3_000, 10)
    ]
    post.delivery.send(by_room, sockets.now)
    sockets.rooms.flush()
    post.later(800)
    times = [int(line.partition("tmi-sent-ts=")[2].partition(";")[0]) for line in wire.text.split("\r\n")[:-1]]
    newest = list(accumulate(times, max))
    assert len(times) == 600
    assert 400 < max(before - each for before, each in zip(newest, times, strict=True)) <= 800 + SLICE_MS


def test_a_duplicate_is_in_the_truth_once(post: Sender, sockets) -> None:
    _, wire = sockets.connect(FIRST.login)
    post.faults.duplicate_share = 0.5
    post.send(200)
    post.later(2000)
    copies = Counter(Counter(ids_in(wire.text)).values())
    assert set(copies) == {1, 2}
    assert 60 < copies[2] < 140
    assert len(post.rows("messages")) == 200 == post.delivery.sent


def test_twitchs_clock_may_have_an_offset(post: Sender, sockets) -> None:
    _, wire = sockets.connect(FIRST.login)
    post.clock.offset_ms = -5000
    post.send(1)
    assert f"tmi-sent-ts={sockets.now - 5000};" in wire.text
    assert post.rows("messages")[0]["sent_at"] == sockets.now - 5000


def test_a_reader_far_behind_is_disconnected(post: Sender, sockets) -> None:
    connection, wire = sockets.connect(FIRST.login)
    wire.waiting = MAX_WAITING_BYTES + 1
    post.send(1)
    assert wire.closed
    assert sockets.rooms.slow_readers == 1
    assert connection.number not in sockets.rooms.connections


def test_truth_is_appended_and_a_torn_line_is_ignored(tmp_path) -> None:
    for number in (1, 2):
        truth = Truth(tmp_path)
        truth.write("clips", {"clip_id": number})
        truth.close()
    with (tmp_path / "clips.jsonl").open("a") as file:
        file.write('{"clip_id": 3')
    assert [row["clip_id"] for row in Truth(tmp_path).read("clips")] == [1, 2]


def test_truth_of_messages_stays_within_its_size(tmp_path) -> None:
    truth = Truth(tmp_path, most_message_bytes=1000)
    for number in range(100):
        truth.messages([message_row(str(number), "1", number)])
        truth.flush(0)
    truth.close()
    sizes = {file.name: file.stat().st_size for file in tmp_path.glob("messages.jsonl*")}
    assert sizes.keys() == {"messages.jsonl", "messages.jsonl.1"}
    assert max(sizes.values()) < 1100
    assert truth.read("messages")[-1]["message_id"] == "99"
