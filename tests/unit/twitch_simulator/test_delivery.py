"""Truth before bytes; silence, disorder and duplicates on the wire."""

import json
from collections import Counter
from random import Random

import pytest

from twitch_simulator.clock import TwitchClock
from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.delivery import Delivery
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.faults import Faults
from twitch_simulator.irc.rooms import MAX_WAITING_BYTES
from twitch_simulator.truth import Truth

FIRST, SECOND = plan_channels(1, 2)
FAN = Chatter("78", "quietfox", "quietfox", 0, False, "")


class Post:
    """A delivery with its truth, on the stage's clock."""

    def __init__(self, stage, folder) -> None:
        self.stage, self.faults, self.truth = stage, Faults(), Truth(folder)
        self.clock = TwitchClock(lambda: stage.now)
        rng = Random(1)
        self.delivery = Delivery(stage.rooms, self.truth, self.faults, self.clock, Renderer(rng), rng)

    def say(self, count: int, channel=FIRST) -> None:
        messages = [PlannedMessage(self.stage.now, channel, FAN, ChatText("hi", "")) for _ in range(count)]
        self.delivery.send(messages, self.stage.now)
        self.stage.rooms.flush()

    def later(self, milliseconds: int) -> None:
        self.stage.now += milliseconds
        self.say(0)

    def rows(self, name: str) -> list[dict]:
        return [json.loads(line) for line in (self.truth.folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture
def post(stage, tmp_path) -> Post:
    return Post(stage, tmp_path)


def ids_in(text: str) -> list[str]:
    return [line.partition(";id=")[2].partition(";")[0] for line in text.split("\r\n") if "PRIVMSG" in line]


def test_the_truth_is_in_the_file_before_the_bytes_go_out(post: Post, stage) -> None:
    _, wire = stage.connect(FIRST.login)
    seen: list[int] = []
    wire.on_send = lambda: seen.append(len(post.rows("messages")))
    post.say(3)
    assert seen == [3]
    assert [row["message_id"] for row in post.rows("messages")] == ids_in(wire.text)
    assert {(row["channel_id"], row["sent_at"]) for row in post.rows("messages")} == {(FIRST.channel_id, stage.now)}


def test_what_nobody_heard_is_counted_elsewhere(post: Post, stage) -> None:
    stage.connect(FIRST.login)
    post.say(4, SECOND)
    post.truth.flush()
    assert post.rows("messages") == []
    assert post.rows("unsent") == [{"channel_id": SECOND.channel_id, "second": stage.now // 1000, "messages": 4}]


def test_a_silenced_socket_gets_nothing_and_what_it_missed_is_unsent(post: Post, stage) -> None:
    connection, wire = stage.connect(FIRST.login)
    connection.silenced_until = stage.now + 1000
    post.say(2)
    assert wire.text == ""
    assert post.delivery.unsent == 2
    stage.now += 1000
    post.say(1)
    assert len(ids_in(wire.text)) == post.delivery.sent == 1


def test_a_closed_socket_hears_nothing(post: Post, stage) -> None:
    _, wire = stage.connect(FIRST.login)
    wire.closed = True
    post.say(1)
    assert (post.delivery.sent, post.delivery.unsent) == (0, 1)


def test_clients_without_tags_get_none(post: Post, stage) -> None:
    _, tagged = stage.connect(FIRST.login)
    _, plain = stage.connect(FIRST.login, tags=False)
    post.say(1)
    assert tagged.text.startswith("@badge-info=")
    assert plain.text == f":quietfox!quietfox@quietfox.tmi.twitch.tv PRIVMSG #{FIRST.login} :hi\r\n"


def test_disorder_delays_a_share_and_loses_nothing(post: Post, stage) -> None:
    _, wire = stage.connect(FIRST.login)
    post.faults.disorder_share, post.faults.disorder_seconds = 0.5, 3.0
    for _ in range(40):
        post.say(5)
        stage.now += 50
    post.later(3000)
    times = [int(line.partition("tmi-sent-ts=")[2].partition(";")[0]) for line in wire.text.split("\r\n")[:-1]]
    assert times != sorted(times)
    assert len(times) == 200
    assert sorted(ids_in(wire.text)) == sorted(row["message_id"] for row in post.rows("messages"))


def test_a_share_comes_twice_but_is_true_once(post: Post, stage) -> None:
    _, wire = stage.connect(FIRST.login)
    post.faults.duplicate_share = 0.5
    post.say(200)
    post.later(2000)
    copies = Counter(Counter(ids_in(wire.text)).values())
    assert set(copies) == {1, 2}
    assert 60 < copies[2] < 140
    assert len(post.rows("messages")) == 200 == post.delivery.sent


def test_twitchs_clock_may_be_wrong(post: Post, stage) -> None:
    _, wire = stage.connect(FIRST.login)
    post.clock.offset_ms = -5000
    post.say(1)
    assert f"tmi-sent-ts={stage.now - 5000};" in wire.text
    assert post.rows("messages")[0]["sent_at"] == stage.now - 5000


def test_a_reader_that_is_far_behind_is_cut_off(post: Post, stage) -> None:
    connection, wire = stage.connect(FIRST.login)
    wire.waiting = MAX_WAITING_BYTES + 1
    post.say(1)
    assert wire.closed
    assert stage.rooms.slow_readers == 1
    assert connection.number not in stage.rooms.connections


def test_truth_is_appended_to_and_a_torn_line_is_left_out(tmp_path) -> None:
    for number in (1, 2):
        truth = Truth(tmp_path)
        truth.write("clips", {"clip_id": number})
        truth.close()
    with (tmp_path / "clips.jsonl").open("a") as file:
        file.write('{"clip_id": 3')
    assert [row["clip_id"] for row in Truth(tmp_path).read("clips")] == [1, 2]
