"""Opt-out in the spool: what a channel said is gone, and every other record stays at its place, whatever dies when."""

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

from contracts import codec
from contracts.chat_messages import Tick
from stream_monitoring.forwarding.resume import Leftovers
from stream_monitoring.privacy.erasure import Forgetting, keys_of
from stream_monitoring.privacy.opt_outs import LastWord
from stream_monitoring.spool.batch import OPT_OUT_CODE, REMOVED_KEY, TICK_KEY
from stream_monitoring.spool.quarantine import Quarantine
from stream_monitoring.spool.spool import Spool, SpoolLimits

SMALL = SpoolLimits(segment_bytes=1_000)
OUT = {"7": LastWord("seven", True, 1_000)}
KEYS = keys_of(OUT)
SECRET = b"a secret"
keys = st.sampled_from([b"7", b"l7", b"o7", b"77", b"l77", b"8", b"d"])
frames = st.lists(st.lists(keys, max_size=6), min_size=1, max_size=12)
Contents = list[tuple[int, list[bytes]]]


def value_of(key: bytes, number: int) -> bytes:
    said = SECRET if key in KEYS else b"kept"
    return b'{"kind":"message","sent_at":%d,"message_id":"%d","text":"%b"}' % (number, number, said)


def tick(tick_at: int) -> list[bytes]:
    record = Tick(schema_version=1, sent_at=tick_at, received_at=0, instance="t", spool_id="s", spool_position=0)
    return [TICK_KEY, codec.encode(record)]


def fill(spool: Spool, written: list[list[bytes]]) -> None:
    for number, frame in enumerate(written):
        lines = [part for key in frame for part in (key, value_of(key, number))]
        spool.append([*lines, *tick(1_000 + number)], 1_000 + number)


def contents(spool: Spool, position: int = 0) -> Contents:
    return [(frame.first, frame.lines) for frame in spool.frames(position)]


def cleared(before: Contents) -> Contents:
    """The same with empty records in the places of those that had to go."""
    found = []
    for first, lines in before:
        pairs = zip(lines[0::2], lines[1::2], strict=True)
        found.append((first, [part for k, v in pairs for part in ((REMOVED_KEY, b"") if k in KEYS else (k, v))]))
    return found


def on_disk(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.iterdir())


def remove_all(spool: Spool) -> int:
    return sum(spool.remove(first, KEYS) for first in spool.firsts())


@settings(max_examples=60)
@given(frames, st.integers(0, 60))
def test_a_channel_is_removed_and_every_position_stays(written: list[list[bytes]], position: int) -> None:
    with TemporaryDirectory() as name:
        spool = Spool(Path(name), SMALL)
        fill(spool, written)
        before, end, firsts = contents(spool), spool.end, spool.firsts()
        assert remove_all(spool) == sum(key in KEYS for frame in written for key in frame)
        assert contents(spool) == cleared(before)
        assert (spool.end, spool.firsts()) == (end, firsts)
        assert spool.size == sum(path.stat().st_size for path in Path(name).glob("*.segment"))
        assert contents(spool, position) == [each for each in cleared(before) if each[0] + len(each[1]) // 2 > position]
        assert SECRET not in on_disk(Path(name))
        assert remove_all(spool) == 0
        more = spool.append([b"8", b"more", *tick(9_999)], 9_999)
        spool.close()
        again = Spool(Path(name), SMALL)
        assert contents(again) == [*cleared(before), (more.first, more.lines)]
        assert again.cut_bytes == 0


@pytest.mark.parametrize("dies_in", ["fsync", "replace"])
def test_a_disk_that_refuses_leaves_the_old_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8"]] * 5)
    before = contents(spool)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, dies_in, refuse)
    with pytest.raises(OSError, match="No space"):
        remove_all(spool)
    monkeypatch.undo()
    assert contents(spool) == before
    spool.append([b"8", b"more", *tick(9_999)], 9_999)
    remove_all(spool)
    assert contents(spool)[:-1] == cleared(before)


CHILD = """
import sys
from pathlib import Path
from stream_monitoring.privacy.erasure import keys_of
from stream_monitoring.privacy.opt_outs import LastWord
from stream_monitoring.spool.spool import Spool, SpoolLimits
spool = Spool(Path(sys.argv[1]), SpoolLimits(segment_bytes=20_000))
print("begins", flush=True)
for first in spool.firsts():
    spool.remove(first, keys_of({"7": LastWord("", True, 1)}))
"""


def test_a_kill_in_the_middle_leaves_each_segment_old_or_new(tmp_path: Path) -> None:
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
        for now, old, new in zip(found, before, cleared(before), strict=True):
            assert now in (old, new)
            states.add("old" if now == old else "new")
        assert not list(tmp_path.glob(".*"))  # what was half written
        again.close()
    assert "new" in states
    last = Spool(tmp_path, limits)
    remove_all(last)
    assert contents(last) == cleared(before)
    assert SECRET not in on_disk(tmp_path)


def test_who_reads_while_a_segment_is_replaced_misses_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8", b"7"]] * 40)
    before = contents(spool)
    reading = spool.frames(3)
    found = [next(reading)]
    remove_all(spool)
    found += list(reading)
    assert [frame.first for frame in found] == [first for first, lines in before if first + len(lines) // 2 > 3]
    assert spool.skipped_bytes == 0


def test_a_damaged_rest_goes_with_the_channel(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SpoolLimits(segment_bytes=400))
    fill(spool, [[b"8"], [b"7"], [b"7"]] * 4)
    oldest = min(tmp_path.glob("*.segment"))
    raw = bytearray(oldest.read_bytes())
    raw[-5] ^= 1
    oldest.write_bytes(raw)
    remove_all(spool)
    assert SECRET not in on_disk(tmp_path)


def obey(forgetting: Forgetting) -> list[tuple[str, str]]:
    """What the capture does until nothing is left to do; returns the news."""
    told: list[tuple[str, str]] = []
    for _ in range(1_000):
        told += forgetting.news()
        if not forgetting.is_pending:
            return told
        forgetting.step()
    raise AssertionError("it never ends")


def test_a_word_is_told_and_obeyed_once_also_after_a_restart(tmp_path: Path) -> None:
    spool, quarantine = Spool(tmp_path, SMALL), Quarantine(tmp_path)
    fill(spool, [[b"7", b"8"]] * 20)
    quarantine.keep(b"@room-id=7;x=y :a!a@a PRIVMSG #seven :hi", "why", 1)
    quarantine.keep(b"@room-id=77;x=y :a!a@a PRIVMSG #seventy :hi", "why", 2)
    forgetting = Forgetting(spool, quarantine)
    assert not forgetting.is_pending
    forgetting.want(OUT)
    assert forgetting.without([b"7", b"x", b"l7", b"x", b"77", b"y", b"o7", b"z"]) == [b"77", b"y", b"o7", b"z"]
    assert obey(forgetting) == [("7", "out")]
    assert SECRET not in on_disk(tmp_path)
    assert [json.loads(line)["met_at"] for line in quarantine.path.read_text().splitlines()] == [2]

    again = Forgetting(spool, quarantine)
    again.want(OUT)
    assert obey(again) == []
    assert again.without([b"7", b"x"]) == []
    withdrawn = {"7": LastWord("seven", False, 2_000)}
    again.want(withdrawn)
    assert obey(again) == [("7", "in")]
    assert again.without([b"7", b"x"]) == [b"7", b"x"]
    fill(spool, [[b"7"]])
    last = Forgetting(spool, quarantine)
    last.want(withdrawn)
    assert obey(last) == []
    assert SECRET in on_disk(tmp_path)


def test_nothing_is_removed_before_the_job_is_told(tmp_path: Path) -> None:
    """The record that tells it is synced with the frame after `news`; a crash before must tell it again."""
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7"]])
    forgetting = Forgetting(spool, Quarantine(tmp_path))
    forgetting.want(OUT)
    forgetting.step()
    assert forgetting.is_pending
    assert Forgetting(spool, Quarantine(tmp_path)).is_pending is False  # nothing is wanted of it yet
    assert not (tmp_path / "forgotten.json").exists()


def test_a_disk_that_refuses_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7"]])
    forgetting = Forgetting(spool, Quarantine(tmp_path))
    forgetting.want(OUT)
    forgetting.news()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    forgetting.step()
    monkeypatch.undo()
    assert forgetting.is_pending
    forgetting.step()
    assert SECRET in on_disk(tmp_path)  # not at once
    monkeypatch.setattr(time, "monotonic", lambda: 1e12)
    forgetting.step()
    assert SECRET not in on_disk(tmp_path)


def test_a_new_holder_passes_over_what_was_removed(tmp_path: Path) -> None:
    spool = Spool(tmp_path, SMALL)
    fill(spool, [[b"7", b"8", OPT_OUT_CODE + b"7"]])
    remove_all(spool)
    (kept,) = Leftovers(after=-1, until=10).without_known(spool.frames(0))
    assert kept.lines[0:-2:2] == [b"8", OPT_OUT_CODE + b"7"]
