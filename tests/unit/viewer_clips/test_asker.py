"""A job against a Twitch in memory: what is told, what is told again, and what a failure leaves."""

import pytest
from unit.support.viewer_clips_twitch import CHANNEL, HOUR, MINUTE, NOW, FakeTwitch, found, make_asker

from contracts.viewer_clips import ViewerClip
from service_runtime.kafka import KafkaAwayError
from viewer_clips.asking.asker import Asker, DoubtfulError
from viewer_clips.kept.store import Store
from viewer_clips.rules.place import Stream
from viewer_clips.rules.schedule import Job, Kind
from viewer_clips.rules.span import Span

SPAN = Span(NOW - HOUR, NOW)


def job(kind: Kind = "new", span: Span = SPAN) -> Job:
    return Job(kind, CHANNEL, span, Span(span.from_at - HOUR, span.until_at))


@pytest.fixture(autouse=True)
def watched(store: Store) -> None:
    store.see_channel(CHANNEL, NOW - 3 * HOUR)
    store.see_stream(CHANNEL, Stream("s1", NOW - 3 * HOUR, None))


def test_only_news_is_told(asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip]) -> None:
    twitch.clips = [found("a", NOW - MINUTE), found("b", NOW - 2 * MINUTE)]
    asker.do(job())
    assert {clip.clip_id for clip in sent} == {"a", "b"}
    asker.do(job())
    assert len(sent) == 2
    twitch.clips[0] = found("a", NOW - MINUTE, view_count=7)
    asker.do(job())
    assert [(clip.clip_id, clip.views) for clip in sent[2:]] == [("a", 7)]


def test_our_own_and_the_broadcasters_clips_are_not_told(
    asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip], store: Store
) -> None:
    store.note_own_clip("ours by id", NOW)
    twitch.clips = [
        found("ours by id", NOW - MINUTE, creator_id="our old account"),
        found("ours by the old account", NOW - MINUTE, creator_id="our old account"),
        found("ours", NOW - MINUTE, creator_id="us"),
        found("the broadcaster's", NOW - MINUTE, creator_id=CHANNEL),
        found("a viewer's", NOW - MINUTE),
    ]
    asker.do(job())
    assert [clip.clip_id for clip in sent] == ["a viewer's"]


def test_a_recording_is_looked_up_once_and_a_deleted_one_too(
    asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip]
) -> None:
    twitch.record("v1", "s1", NOW - 3 * HOUR)
    twitch.clips = [
        found("a", NOW - MINUTE, video_id="v1", vod_offset=9_000),
        found("b", NOW - MINUTE, video_id="gone"),
    ]
    for _ in range(3):
        asker.do(job())
    assert sorted(twitch.looked_up) == ["gone", "v1"]
    assert {clip.clip_id: (clip.located_by, clip.stream_id) for clip in sent} == {
        "a": ("vod_offset", "s1"), "b": ("created_at", "s1"),
    }  # fmt: skip


def test_where_kafka_has_not_answered_it_is_told_again(
    twitch: FakeTwitch, store: Store, sent: list[ViewerClip]
) -> None:
    def refuse(_clips: object) -> None:
        raise KafkaAwayError("away")

    twitch.clips = [found("a", NOW - MINUTE)]
    with pytest.raises(KafkaAwayError):
        make_asker(twitch, store, refuse).do(job())
    assert store.channels(NOW)[0].asked_until == NOW - 3 * HOUR
    make_asker(twitch, store, sent.extend).do(job())
    assert [clip.clip_id for clip in sent] == ["a"]
    assert store.channels(NOW)[0].asked_until == NOW


def test_the_second_time_says_what_was_deleted(asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip]) -> None:
    twitch.clips = [found("stays", NOW - MINUTE), found("goes", NOW - MINUTE), found("hides", NOW - MINUTE)]
    asker.do(job())
    del sent[:], twitch.clips[1]
    twitch.hidden = {"hides"}  # a window that lacks it, as Twitch's do at times
    asker.do(job("again"))
    assert [(clip.clip_id, clip.is_deleted, clip.title, clip.url) for clip in sent] == [("goes", True, "", "")]
    asker.do(job("again"))
    assert len(sent) == 1


def test_a_twitch_that_suddenly_has_nothing_is_doubted_and_believed_at_last(
    asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip]
) -> None:
    twitch.clips = [found(each, NOW - MINUTE) for each in "abc"]
    asker.do(job())
    twitch.clips = []
    with pytest.raises(DoubtfulError):
        asker.do(job("again"))
    assert len(sent) == 3
    asker.do(job("again"), believes_losses=True)
    assert all(clip.is_deleted for clip in sent[3:])


def test_a_smaller_look_does_not_make_two_people_of_one(
    asker: Asker, twitch: FakeTwitch, sent: list[ViewerClip]
) -> None:
    first, second = found("1", NOW - MINUTE, creator_id="x"), found("2", NOW - MINUTE + 5_000, creator_id="x")
    twitch.clips = [first, second]
    asker.do(job())
    assert {clip.clip_id: clip.again for clip in sent} == {"1": False, "2": True}
    twitch.clips = [second]  # the window has moved on
    asker.do(job())
    assert len(sent) == 2
