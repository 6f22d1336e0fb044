"""Opt-out in the spool: a channel's records are erased and all others keep their positions, whatever dies when."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from contracts import codec
from contracts.chat_messages import Tick
from stream_monitoring.forwarding.resume import TakeoverFilter
from stream_monitoring.privacy.erasure import Erasure, keys_of
from stream_monitoring.privacy.opt_outs import OptOutStatus
from stream_monitoring.spool.batch import OPT_OUT_CODE, REMOVED_KEY, TICK_KEY
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool, SpoolLimits

SMALL = SpoolLimits(segment_bytes=1_000)
OUT = {"7": OptOutStatus("seven", True, 1_000)}
KEYS = keys_of(OUT)
SECRET = b"a secret"
keys = st.sampled_from([b"7", b"l7", b"o7", b"77", b"l77", b"8", b"d"])
frames = st.lists(st.lists(keys, max_size=6), min_size=1, max_size=12)
Contents = list[tuple[int, list[bytes]]]


def value_of(key: bytes, number: int) -> bytes:
    text = SECRET if key in KEYS else b"kept"
    return b'{"kind":"message","sent_at":%d,"message_id":"%d","text":"%b"}' % (number, number, text)


def tick(tick_at: int) -> list[bytes]:
    record = Tick(schema_version=1, sent_at=tick_at, received_at=0, instance="t", spool_id="s", spool_position=0)
    return [TICK_KEY, codec.encode(record)]


def fill(spool: Spool, written: list[list[bytes]]) -> None:
    for number, frame in enumerate(written):
        lines = [part for key in frame for part in (key, value_of(key, number))]
        spool.append([*lines, *tick(1_000 + number)], 1_000 + number)


def contents(spool: Spool, position: int = 0) -> Contents:
    return [(frame.first, frame.lines) for frame in spool.frames(position)]


def erased(before: Contents) -> Contents:
    """Return the same with empty records for those that had to go."""
    found = []
    for first, lines in before:
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        found.append((first, [part for k, v in pairs for part in ((REMOVED_KEY, b"") if k in KEYS else (k, v))]))
    return found


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def erase_all(spool: Spool) -> int:
    return sum(spool.erase(first, KEYS) for first in spool.segment_starts())


@settings(max_examples=60)
@given(frames, st.integers(0, 60))
def test_a_channel_is_erased_and_every_position_stays(written: list[list[bytes]], position: int) -> None:
    with TemporaryDirectory() as name:
        spool = Spool(Path(name), SMALL)
        fill(spool, written)
        before, end, starts = contents(spool), spool.end, spool.segment_starts()
        assert erase_all(spool) == sum(key in KEYS for frame in written for key in frame)
        assert contents(spool) == erased(before)
        assert (spool.end, spool.segment_starts()) == (end, starts)
        assert spool.size == sum(path.stat().st_size for path in Path(name).glob("*.segment"))
        assert contents(spool, position) == [each for each in erased(before) if each[0] + len(each[1]) // 2 > position]
        assert SECRET not in on_disk(Path(name))
        assert erase_all(spool) == 0
        more = spool.append([b"8", b"more", *tick(9_999)], 9_999)
        spool.close()
        again = Spool(Path(name), SMALL)
        assert contents(again) == [*erased(before), (more.first, more.lines)]
        assert again.cut_bytes == 0


@pytest.mark.parametrize("dies_in", ["fsync", "replace"])
def test_a_disk_error_leaves_the_old_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8"]] * 5)
    before = contents(spool)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, dies_in, refuse)
    with pytest.raises(OSError, match="No space"):
        erase_all(spool)
    monkeypatch.undo()
    assert contents(spool) == before
    spool.append([b"8", b"more", *tick(9_999)], 9_999)
    erase_all(spool)
    assert contents(spool)[:-1] == erased(before)


CHILD = """
import sys
from pathlib import Path
from stream_monitoring.privacy.erasure import keys_of
from stream_monitoring.privacy.opt_outs import OptOutStatus
from stream_monitoring.spool.spool import Spool, SpoolLimits
spool = Spool(Path(sys.argv[1]), SpoolLimits(segment_bytes=20_000))
print("begins", flush=True)
for first in spool.segment_starts():
    spool.erase(first, keys_of({"7": OptOutStatus("", True, 1)}))
"""


def test_a_kill_leaves_each_segment_old_or_new(tmp_path: Path) -> None:
    limits, dice = SpoolLimits(segment_bytes=20_000), random.Random(5)
    spool = Spool(tmp_path, limits)
    fill(spool, [[b"7", b"8", b"l7"] * 20 for _ in range(400)])
    before = contents(spool)
    spool.close()
    states: set[str] = set()
    for _ in range(12):
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.02))  # the kill's moment, not a wait for anything
        child.send_signal(signal.SIGKILL)
        child.wait()
        again = Spool(tmp_path, limits)
        assert again.cut_bytes == 0
        found = contents(again)
        assert len(found) == len(before)
        for now, old, new in zip(found, before, erased(before), strict=True):
            assert now in (old, new)
            states.add("old" if now == old else "new")
        assert not list(tmp_path.glob(".*"))  # what was half written
        again.close()
    assert "new" in states
    last = Spool(tmp_path, limits)
    erase_all(last)
    assert contents(last) == erased(before)
    assert SECRET not in on_disk(tmp_path)


def test_a_reader_misses_nothing_while_a_segment_is_replaced(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8", b"7"]] * 40)
    before = contents(spool)
    reading = spool.frames(3)
    found = [next(reading)]
    erase_all(spool)
    with capture_logs() as logged:
        found += list(reading)
    assert [frame.first for frame in found] == [first for first, lines in before if first + len(lines) // 2 > 3]
    assert logged == []  # nothing was skipped


def test_the_rest_after_a_damaged_frame_is_erased_too(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SpoolLimits(segment_bytes=400))
    fill(spool, [[b"8"], [b"7"], [b"7"]] * 4)
    oldest = min(tmp_path.glob("*.segment"))
    raw = bytearray(oldest.read_bytes())
    raw[-5] ^= 1
    oldest.write_bytes(raw)
    erase_all(spool)
    assert SECRET not in on_disk(tmp_path)


def carry_out(erasure: Erasure) -> list[tuple[str, str]]:
    """Do what the capture does until nothing is left to do; return the changes for the job."""
    changes: list[tuple[str, str]] = []
    for _ in range(1_000):
        changes += erasure.take_changes()
        if not erasure.is_pending:
            return changes
        erasure.step()
    raise AssertionError("it never ends")


def test_an_opt_out_is_carried_out_once_even_after_a_restart(tmp_path: Path) -> None:
    spool, quarantine = Spool(tmp_path, SMALL), Quarantine(tmp_path)
    fill(spool, [[b"7", b"8"]] * 20)
    quarantine.keep(b"@room-id=7;x=y :a!a@a PRIVMSG #seven :hi", "why", 1)
    quarantine.keep(b"@room-id=77;x=y :a!a@a PRIVMSG #seventy :hi", "why", 2)
    erasure = Erasure(spool, quarantine)
    assert not erasure.is_pending
    erasure.update(OUT)
    assert erasure.without_opted_out([b"7", b"x", b"l7", b"x", b"77", b"y", b"o7", b"z"]) == [b"77", b"y", b"o7", b"z"]
    assert carry_out(erasure) == [("7", "out")]
    assert SECRET not in on_disk(tmp_path)
    assert [json.loads(line)["met_at"] for line in quarantine.path.read_text().splitlines()] == [2]

    again = Erasure(spool, quarantine)
    again.update(OUT)
    assert carry_out(again) == []
    assert again.without_opted_out([b"7", b"x"]) == []
    withdrawn = {"7": OptOutStatus("seven", False, 2_000)}
    again.update(withdrawn)
    assert carry_out(again) == [("7", "in")]
    assert again.without_opted_out([b"7", b"x"]) == [b"7", b"x"]
    fill(spool, [[b"7"]])
    last = Erasure(spool, quarantine)
    last.update(withdrawn)
    assert carry_out(last) == []
    assert SECRET in on_disk(tmp_path)


def test_nothing_is_erased_before_the_opt_out_is_reported(tmp_path: Path) -> None:
    """The record for the job is synced with the frame after `take_changes`; after a crash it must be sent again."""
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7"]])
    erasure = Erasure(spool, Quarantine(tmp_path))
    erasure.update(OUT)
    erasure.step()
    assert erasure.is_pending
    assert Erasure(spool, Quarantine(tmp_path)).is_pending is False  # nothing is wanted of it yet
    assert not (tmp_path / "forgotten.json").exists()


def test_a_disk_error_is_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7"]])
    erasure = Erasure(spool, Quarantine(tmp_path))
    erasure.update(OUT)
    erasure.take_changes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    erasure.step()
    monkeypatch.undo()
    assert erasure.is_pending
    erasure.step()
    assert SECRET in on_disk(tmp_path)  # not at once
    monkeypatch.setattr(time, "monotonic", lambda: 1e12)
    erasure.step()
    assert SECRET not in on_disk(tmp_path)


def test_a_new_holder_skips_erased_records(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8", OPT_OUT_CODE + b"7"]])
    erase_all(spool)
    (kept,) = TakeoverFilter(after=-1, until=10).frames(spool.frames(0))
    assert kept.lines[0:-2:2] == [b"8", OPT_OUT_CODE + b"7"]
