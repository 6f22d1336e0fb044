"""Coverage: what no socket delivered is a recorded gap; a handover between sockets leaves none."""

import os

from contracts.chat_messages import Coverage
from stream_monitoring.capture.coverage import CoverageTracker, load_covered, save_covered


def tracker() -> tuple[CoverageTracker, list[Coverage]]:
    written: list[Coverage] = []
    return CoverageTracker("t", written.append, lambda: 0), written


def events(written: list[Coverage]) -> list[tuple[str, int, int | None, str]]:
    return [(each.event, each.sent_at, each.gap_until_at, each.reason) for each in written]


def test_a_lost_sockets_gap_ends_with_the_next_join_and_is_told_then():
    coverage, written = tracker()
    coverage.joined("bar", "42", socket=1, now=10)
    coverage.lost("bar", socket=1, answered_through=50, reason="deaf")
    coverage.joined("bar", "42", socket=2, now=90)
    assert events(written) == [
        ("joined", 10, None, ""),
        ("left", 50, None, "deaf"),
        ("gap", 90, 90, "deaf"),
        ("joined", 90, None, ""),
    ]
    assert written[2].gap_from_at == 50


def test_a_socket_that_took_over_in_time_leaves_no_gap():
    coverage, written = tracker()
    coverage.joined("bar", "42", socket=1, now=10)
    coverage.joined("bar", "42", socket=2, now=40)
    coverage.lost("bar", socket=1, answered_through=50, reason="reconnect")
    assert events(written) == [("joined", 10, None, "")]


def test_a_socket_that_took_over_late_leaves_the_time_between():
    coverage, written = tracker()
    coverage.joined("bar", "42", socket=1, now=10)
    coverage.joined("bar", "42", socket=2, now=60)
    coverage.lost("bar", socket=1, answered_through=50, reason="deaf")
    assert events(written)[1:] == [("gap", 50, 60, "deaf")]


def test_after_a_crash_the_gap_begins_at_the_last_tick(tmp_path):
    coverage, written = tracker()
    coverage.joined("bar", "42", socket=1, now=10)
    save_covered(tmp_path / "covered.json", coverage.covered_ids())
    restarted, written = tracker()
    restarted.restarted(load_covered(tmp_path / "covered.json"), gap_from=70)
    restarted.joined("bar", "42", socket=1, now=99)
    assert ("gap", 99, 99, "restart") in events(written)
    assert [each.gap_from_at for each in written if each.event == "gap"] == [70]


def test_the_file_is_synced_before_it_is_renamed(tmp_path, monkeypatch):
    steps = []
    sync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (steps.append("sync"), sync(descriptor)))
    monkeypatch.setattr(os, "replace", lambda old, new: (steps.append("replace"), replace(old, new)))
    save_covered(tmp_path / "covered.json", {"bar": "42"})
    assert steps == ["sync", "replace", "sync"]  # the content, then its name


def test_a_damaged_file_is_no_coverage(tmp_path):
    (tmp_path / "covered.json").write_text("{")
    assert load_covered(tmp_path / "covered.json") == {}
