"""Each reader of the source has a partition: one without would hold event time back."""

from hypothesis import given
from hypothesis import strategies as st

from clip_detector.source import readers


@given(st.integers(1, 16), st.integers(1, 100))
def test_there_are_never_more_readers_than_partitions(parallelism, partitions):
    assert int(readers(parallelism, partitions).get("scan.parallelism", parallelism)) == min(parallelism, partitions)
