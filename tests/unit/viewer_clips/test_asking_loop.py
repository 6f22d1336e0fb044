"""What becomes of each kind of failure: one channel rests, or everything waits; in the end nothing blocks for ever."""

from unit.support.viewer_clips_twitch import CHANNEL, HOUR, MINUTE, NOW, FakeTwitch, found, make_asker

from contracts.viewer_clips import ViewerClip
from twitch_access.errors import RateLimited, Refused, Unauthorized, Unavailable
from viewer_clips.asking import asking_loop
from viewer_clips.asking.asking_loop import AskingLoop
from viewer_clips.asking.failures import PATIENCE
from viewer_clips.kept.store import Store
from viewer_clips.rules.place import Stream
from viewer_clips.rules.schedule import Pace


class Reader:
    """A Kafka that says nothing."""

    is_current, is_away = True, False


class World:
    """A loop with a clock that the test moves, in ms."""

    def __init__(self, twitch: FakeTwitch, store: Store, sent: list[ViewerClip]) -> None:
        self.now, self.steady = NOW, 0.0
        asker = make_asker(twitch, store, sent.extend)
        self.loop = AskingLoop(
            reader=Reader(),  # type: ignore[arg-type]
            store=store, asker=asker, pace=Pace(), now=lambda: self.now,
        )  # fmt: skip

    def step(self, seconds: float = 0.0) -> None:
        """Let some time pass, and do one thing."""
        self.now += round(seconds * 1000)
        self.steady += seconds
        self.loop.step()


def world(twitch: FakeTwitch, store: Store, sent: list[ViewerClip], monkeypatch) -> World:
    made = World(twitch, store, sent)
    monkeypatch.setattr(asking_loop.time, "monotonic", lambda: made.steady)
    store.see_channel(CHANNEL, NOW - 10 * MINUTE)
    store.see_stream(CHANNEL, Stream("s1", NOW - 10 * MINUTE, None))
    twitch.clips = [found("a", NOW - MINUTE)]
    return made


def test_a_channel_that_twitch_refuses_rests_and_is_asked_again(twitch, store, sent, monkeypatch) -> None:
    it = world(twitch, store, sent, monkeypatch)
    twitch.failure = Refused(404, "no such broadcaster")
    it.step()
    store.see_channel("other", it.now - HOUR)
    twitch.failure = None
    it.step(1)
    assert sent == []  # the other one was asked
    it.step(61)
    assert [clip.clip_id for clip in sent] == ["a"]
    assert it.loop.notes() == {}


def test_twitch_away_or_spent_holds_everything_up_and_says_so(twitch, store, sent, monkeypatch) -> None:
    it = world(twitch, store, sent, monkeypatch)
    for failure in (Unavailable("500", reached=True), Unauthorized("no"), RateLimited((NOW + 30_000) / 1000)):
        twitch.failure = failure
        it.step()
        asked = len(twitch.asked)
        twitch.failure = None
        it.step()
        assert (sent, len(twitch.asked)) == ([], asked)
        it.steady += 61
    assert "no" in it.loop.notes()["twitch"]
    it.step(1)
    assert [clip.clip_id for clip in sent] == ["a"]
    assert it.loop.notes() == {}


def test_a_stretch_that_never_can_be_read_is_given_up_and_what_is_new_is_not(twitch, store, sent, monkeypatch) -> None:
    it = world(twitch, store, sent, monkeypatch)
    twitch.unreadable_at = NOW - 5 * MINUTE
    for _ in range(3 * PATIENCE):
        it.step(3_600)
        it.step(1)
    twitch.clips = [found("new", it.now - MINUTE)]
    for _ in range(3 * PATIENCE):
        it.step(3_600)
        it.step(1)
    assert [clip.clip_id for clip in sent] == ["new"]
    assert store.gaps() == []


def test_without_credentials_nobody_is_asked(store, monkeypatch) -> None:
    loop = AskingLoop(reader=Reader(), store=store, asker=None, pace=Pace(), now=lambda: NOW)  # type: ignore[arg-type]
    loop.step()
    assert "TWITCH_CLIENT_ID" in loop.notes()["twitch"]
    assert loop.problems() == {}
