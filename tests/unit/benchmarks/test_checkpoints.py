"""A moment's way is told apart by whether a checkpoint was written meanwhile."""

from benchmarks._checkpoints import spans, split

COMPLETED = {"status": "COMPLETED", "trigger_timestamp": 100_000, "end_to_end_duration": 400}


def test_only_completed_checkpoints_count() -> None:
    failed = {"status": "FAILED", "trigger_timestamp": 1_000, "end_to_end_duration": 9}
    assert spans([COMPLETED, failed]) == [(100.0, 100.4)]


def test_a_way_that_meets_a_checkpoint_is_told_apart() -> None:
    before, across, within, after = (95.0, 99.0), (98.0, 101.0), (100.1, 100.2), (100.4, 103.0)
    during, others = split([before, across, within, after], spans([COMPLETED]))
    assert [round(each, 1) for each in during] == [3.0, 0.1]
    assert [round(each, 1) for each in others] == [4.0, 2.6]
