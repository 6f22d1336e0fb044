"""Coverage: what no socket delivered is a recorded gap; a hand-over between sockets is none."""

import os

from contracts.chat_messages import Coverage
from stream_monitoring.capture.coverage import CoverageBook, load_covered, save_covered


def book() -> tuple[CoverageBook, list[Coverage]]:
    written: list[Coverage] = []
    return CoverageBook("t", written.append, lambda: 0), written


def events(written: list[Coverage]) -> list[tuple[str, int, int | None, str]]:
    return [(each.event, each.sent_at, each.gap_until_at, each.reason) for each in written]


def test_a_lost_socket_leaves_and_its_gap_ends_when_the_channel_is_joined_again():
    kept, written = book()
    kept.joined("bar", "42", socket=1, now=10)
    kept.lost("bar", socket=1, answered_through=50, reason="deaf")
    kept.joined("bar", "42", socket=2, now=90)
    assert events(written) == [
        ("joined", 10, None, ""),
        ("left", 50, None, "deaf"),
        ("gap", 50, 90, "deaf"),
        ("joined", 90, None, ""),
    ]


def test_a_socket_that_took_over_in_time_leaves_no_gap():
    kept, written = book()
    kept.joined("bar", "42", socket=1, now=10)
    kept.joined("bar", "42", socket=2, now=40)
    kept.lost("bar", socket=1, answered_through=50, reason="reconnect")
    assert events(written) == [("joined", 10, None, "")]


def test_a_socket_that_took_over_too_late_leaves_the_time_between():
    kept, written = book()
    kept.joined("bar", "42", socket=1, now=10)
    kept.joined("bar", "42", socket=2, now=60)
    kept.lost("bar", socket=1, answered_through=50, reason="deaf")
    assert events(written)[1:] == [("gap", 50, 60, "deaf")]


def test_after_a_crash_the_gap_begins_at_the_last_tick(tmp_path):
    kept, written = book()
    kept.joined("bar", "42", socket=1, now=10)
    save_covered(tmp_path / "covered.json", kept.covered())
    again, written = book()
    again.restarted(load_covered(tmp_path / "covered.json"), gap_from=70)
    again.joined("bar", "42", socket=1, now=99)
    assert ("gap", 70, 99, "restart") in events(written)


def test_the_covered_channels_are_on_disk_before_the_file_takes_its_name(tmp_path, monkeypatch):
    steps = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (steps.append("sync"), sync(descriptor)))
    monkeypatch.setattr(os, "replace", lambda old, new: (steps.append("replace"), replace(old, new)))
    save_covered(tmp_path / "covered.json", {"bar": "42"})
    assert steps == ["sync", "replace", "sync"]  # the content, then its name


def test_a_damaged_file_is_no_coverage(tmp_path):
    (tmp_path / "covered.json").write_text("{")
    assert load_covered(tmp_path / "covered.json") == {}
