"""What Kafka says is kept: who is watched, left, taken up again, and who has opted out."""

from pathlib import Path

import pytest
from unit.support.viewer_clips_twitch import CHANNEL, HOUR, MINUTE, NOW, found

from contracts import codec
from contracts.chat_messages import Coverage, Lifecycle
from contracts.viewer_clips import ViewerClip
from viewer_clips.kept.store import Store, StoreError
from viewer_clips.log.watching import Record, hear
from viewer_clips.rules.place import Stream, placed
from viewer_clips.rules.schedule import TAIL_MS, Gap, Job
from viewer_clips.rules.span import Span
from viewer_clips.rules.telling import told

HEAD = {"schema_version": 1, "channel_id": CHANNEL, "received_at": 0, "instance": "a"}


def say(store: Store, event: str, at: int, stream_id: str = "s1", began_at: int = NOW - HOUR) -> None:
    if event in ("joined", "left"):
        record = Coverage(**HEAD, sent_at=at, event=event)  # type: ignore[arg-type]
    else:
        record = Lifecycle(  # type: ignore[assignment]
            **HEAD, sent_at=at, event=event, login="x", display_name="X", stream_id=stream_id,
            stream_started_at=began_at,
        )  # type: ignore[arg-type]  # fmt: skip
    hear(store, Record("stream-lifecycle", CHANNEL.encode(), codec.encode(record), at))


def erase(store: Store, at: int) -> None:
    """As the recorder erases a channel that has opted out."""
    hear(store, Record("viewer-clips", f"{CHANNEL}:a".encode(), None, at))


def a_clip() -> ViewerClip:
    return told(found("a"), placed(found("a"), None, ()), NOW, again=False)


def test_streams_are_known_with_their_end(store: Store) -> None:
    say(store, "online", NOW - HOUR, "s1", NOW - HOUR)
    assert store.channels(NOW)[0].is_live
    say(store, "offline", NOW, "s1", NOW - HOUR)
    assert store.streams(CHANNEL) == [Stream("s1", NOW - HOUR, NOW)]
    assert not store.channels(NOW)[0].is_live
    say(store, "online", NOW + HOUR, "s2", NOW + HOUR)
    say(store, "online", NOW + 3 * HOUR, "s3", NOW + 3 * HOUR)  # nobody saw the end of the one before
    assert [each.ended_at for each in store.streams(CHANNEL)] == [None, NOW + 3 * HOUR, NOW]


def test_a_name_alone_watches_nobody(store: Store) -> None:
    say(store, "update", NOW, stream_id="", began_at=0)
    assert store.channels(NOW) == []


def test_who_comes_back_soon_was_never_away_and_later_leaves_a_gap(store: Store) -> None:
    say(store, "joined", NOW - 10 * HOUR)
    say(store, "left", NOW - 9 * HOUR)
    say(store, "joined", NOW - 9 * HOUR + MINUTE)
    assert store.channels(NOW)[0].left_at is None
    assert store.gaps() == []
    say(store, "left", NOW - 8 * HOUR)
    say(store, "joined", NOW)
    assert store.gaps() == [Gap(CHANNEL, Span(NOW - 10 * HOUR, NOW - 8 * HOUR + TAIL_MS))]
    assert store.channels(NOW)[0].asked_until == NOW


def test_whoever_has_opted_out_is_forgotten_and_not_heard_of_from_before(store: Store) -> None:
    say(store, "joined", NOW - HOUR)
    store.settle(Job("new", CHANNEL, Span(NOW - HOUR, NOW), Span(NOW - HOUR, NOW)), [a_clip()])
    erase(store, NOW)
    assert (store.channels(NOW), store.told("a")) == ([], None)
    say(store, "online", NOW - MINUTE)  # what was on its way
    assert store.channels(NOW) == []
    say(store, "joined", NOW + HOUR)  # who came back
    assert len(store.channels(NOW)) == 1


def test_a_record_that_is_none_is_left_to_the_recorder(store: Store) -> None:
    hear(store, Record("stream-lifecycle", b"1", b"no JSON", NOW))
    hear(store, Record("clips", b"1", b"{}", NOW))
    hear(store, Record("clips", b"1", None, NOW))
    assert store.channels(NOW) == []


def test_a_channel_that_is_over_leaves_nothing_behind(store: Store) -> None:
    say(store, "online", NOW - HOUR)
    say(store, "left", NOW)
    span = Span(NOW - HOUR, NOW + TAIL_MS)
    store.settle(Job("again", CHANNEL, span, span), [a_clip()])
    store.tidy(store.channels(NOW), NOW)
    assert (store.channels(NOW), store.streams(CHANNEL), store.told("a")) == ([], [], None)


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    file.write_bytes(b"no database" * 1_000)
    with pytest.raises(StoreError, match="delete it"):
        Store(file)
