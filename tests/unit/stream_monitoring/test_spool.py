"""The spool: whatever is cut or damaged, frames written before it are there, at the same positions."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from contracts import codec, metrics
from contracts.chat_messages import Tick
from stream_monitoring.spool.batch import TICK_KEY
from stream_monitoring.spool.spool import Spool, SpoolLimits, segment

SMALL = SpoolLimits(segment_bytes=1_000)
values = st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b" "))


def frame_lines(records: list[bytes], tick_at: int) -> list[bytes]:
    tick = Tick(schema_version=1, sent_at=tick_at, received_at=0, instance="t", spool_id="s", spool_position=0)
    return [part for record in records for part in (b"42", record)] + [TICK_KEY, codec.encode(tick)]


def contents(spool: Spool, position: int = 0) -> list[tuple[int, list[bytes]]]:
    return [(frame.first, frame.lines) for frame in spool.frames(position)]


def fill(directory: Path, frames: list[list[bytes]], limits: SpoolLimits = SMALL) -> list[tuple[int, list[bytes]]]:
    spool = Spool(directory, limits)
    for number, records in enumerate(frames):
        spool.append(frame_lines(records, 1_000 + number), 1_000 + number)
    written = contents(spool)
    spool.close()
    return written


@settings(max_examples=40)
@given(st.lists(st.lists(values, max_size=5), min_size=1, max_size=12))
def test_what_was_written_is_there_after_a_restart(frames):
    with TemporaryDirectory() as directory:
        written = fill(Path(directory), frames)
        assert [lines for _, lines in written] == [frame_lines(r, 1_000 + n) for n, r in enumerate(frames)]
        again = Spool(Path(directory), SMALL)
        assert contents(again) == written
        assert again.end == sum(len(records) + 1 for records in frames)
        assert again.last is not None
        assert again.last.tick_at == 1_000 + len(frames) - 1


@settings(max_examples=60)
@given(st.lists(st.lists(values, max_size=5), min_size=1, max_size=12), st.data())
def test_a_torn_or_damaged_tail_costs_only_what_follows_it(frames, data):
    with TemporaryDirectory() as directory:
        written = fill(Path(directory), frames)
        newest = max(Path(directory).glob("*.segment"))
        raw = bytearray(newest.read_bytes())
        at = data.draw(st.integers(0, len(raw) - 1))
        if data.draw(st.booleans()):
            raw = raw[:at]
        else:
            raw[at] ^= data.draw(st.integers(1, 255))
        newest.write_bytes(raw + data.draw(st.binary(max_size=30)))
        again = Spool(Path(directory), SMALL)
        assert contents(again) == written[: len(contents(again))]
        before_newest = [each for each in written if each[0] < segment.first_of(newest)]
        assert len(contents(again)) >= len(before_newest)
        more = again.append(frame_lines([b"new"], 9_999), 9_999)
        assert contents(again)[-1] == (more.first, more.lines)
        again.close()
        assert contents(Spool(Path(directory), SMALL))[-1] == (more.first, more.lines)


def syncs_and_seconds() -> tuple[float, float]:
    name = metrics.SPOOL_SYNC_SECONDS.name
    found = [REGISTRY.get_sample_value(f"{name}_{kind}") for kind in ("count", "sum")]
    return found[0] or 0.0, found[1] or 0.0


def test_the_time_of_each_sync_is_measured(tmp_path, monkeypatch):
    spool = Spool(tmp_path, SMALL)
    syncs, seconds = syncs_and_seconds()
    monkeypatch.setattr(segment.os, "fdatasync", lambda _: time.sleep(0.03))
    for number in range(3):
        spool.append(frame_lines([b"a"], 1_000 + number), 1_000 + number)
    assert syncs_and_seconds()[0] - syncs == 3
    assert syncs_and_seconds()[1] - seconds == pytest.approx(0.09, abs=0.08)
    fast = REGISTRY.get_sample_value(f"{metrics.SPOOL_SYNC_SECONDS.name}_bucket", {"le": "0.02"})
    assert fast is not None
    assert fast <= syncs  # the buckets tell an SSD from a hard disk


def test_reading_begins_at_any_position(tmp_path):
    written = fill(tmp_path, [[b"a", b"b"], [b"c"], [], [b"d"] * 30, [b"e"]])
    spool = Spool(tmp_path, SMALL)
    for first, lines in written:
        for position in range(first, first + len(lines) // 2):
            assert contents(spool, position)[0] == (first, lines)
    assert contents(spool, spool.end) == []


def test_a_damaged_frame_hides_the_rest_of_its_segment(tmp_path):
    written = fill(tmp_path, [[b"x" * 400] for _ in range(12)])
    oldest = min(tmp_path.glob("*.segment"))
    raw = bytearray(oldest.read_bytes())
    raw[40] ^= 1
    oldest.write_bytes(raw)
    spool = Spool(tmp_path, SMALL)
    with capture_logs() as logged:
        kept = contents(spool)
    assert kept == written[-len(kept) :]
    assert [each["bytes"] for each in logged if "damaged" in each["event"]] == [len(raw)]


def test_the_oldest_segments_are_deleted_and_never_the_newest(tmp_path):
    fill(tmp_path, [[b"x" * 400] for _ in range(12)])
    spool = Spool(tmp_path, SpoolLimits(segment_bytes=1_000, max_bytes=2_500, max_age_seconds=1e12))
    deleted = spool.prune(now=2.0)
    assert [each.first for each in deleted] == sorted(each.first for each in deleted)
    assert spool.size <= 2_500
    assert spool.first == deleted[-1].after
    old = Spool(tmp_path, SpoolLimits(segment_bytes=1_000, max_age_seconds=10))
    assert old.prune(now=5.0) == []
    old.prune(now=1e6)
    assert len(list(tmp_path.glob("*.segment"))) == 1


def test_a_full_disk_changes_nothing_and_a_retry_works(tmp_path, monkeypatch):
    spool = Spool(tmp_path, SMALL)
    spool.append(frame_lines([b"a"], 1), 1)
    before, really = contents(spool), os.pwrite

    def half(descriptor: int, data: memoryview, offset: int) -> int:
        if len(data) > 20:
            return really(descriptor, data[:20], offset)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", lambda d, data, o: half(d, data[:20] if o % 20 else data, o) if len(data) else 0)
    monkeypatch.setattr(os, "fdatasync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        spool.append(frame_lines([b"b"], 2), 2)
    assert contents(spool) == before
    monkeypatch.undo()
    spool.append(frame_lines([b"b"], 2), 2)
    spool.close()
    assert contents(Spool(tmp_path, SMALL))[:1] == before
    assert len(contents(Spool(tmp_path, SMALL))) == 2


@settings(max_examples=40)
@given(st.lists(st.lists(values, max_size=5), min_size=1, max_size=12), st.integers(990, 1_020), st.booleans())
def test_position_before_a_time_is_before_all_later_frames(frames, event_time, is_opened_again):
    with TemporaryDirectory() as directory:
        spool = Spool(Path(directory), SMALL)
        for number, records in enumerate(frames):
            spool.append(frame_lines(records, 1_000 + number), 1_000 + number)
        if is_opened_again:
            spool = Spool(Path(directory), SMALL)
        position = spool.position_before(event_time)
        later = {frame.first for frame in spool.frames(0) if frame.tick_at > event_time}
        assert later <= {frame.first for frame in spool.frames(position)}


def test_position_before_a_time_skips_older_segments():
    with TemporaryDirectory() as directory:
        spool = Spool(Path(directory), SMALL)
        for number in range(100):
            spool.append(frame_lines([b"x" * 60], 1_000 + number), 1_000 + number)
        assert 2 * 9 <= spool.end - spool.position_before(1_090) < spool.end / 2


def test_an_empty_spool_has_no_backlog():
    with TemporaryDirectory() as directory:
        assert Spool(Path(directory), SMALL).bytes_from(0) == 0
