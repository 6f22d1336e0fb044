"""From where partitions are read again: laws of `lacking`, and what a batch says of its partitions."""

from hypothesis import given
from hypothesis import strategies as st

from recorder.batch import WriteBatch, without
from recorder.positions import BEGINNING, ends_of, lacking, starts_of
from recorder.rows.record import Record
from recorder.rows.row import Entry

places = st.tuples(st.sampled_from(["moments", "clips"]), st.integers(0, 3))
offsets = st.dictionaries(places, st.integers(0, 1000))


@given(offsets, offsets, st.booleans())
def test_nothing_that_is_known_is_left_out(known, stored, goes_on):
    """Reading on from the result, or from what is known where there is none, leaves no gap after what is stored."""
    found = lacking(known, stored, goes_on)
    for place, offset in known.items():
        goes_on_at = found.get(place, offset)
        assert goes_on_at <= stored.get(place, offset if goes_on else BEGINNING) or goes_on_at == offset
        if place in stored and stored[place] < offset:
            assert found[place] == stored[place]


@given(offsets, offsets, st.booleans())
def test_what_is_read_again_is_read_again_once(known, stored, goes_on):
    found = lacking(known, stored, goes_on)
    assert lacking(known | found, stored, goes_on) == {}


@given(offsets, st.booleans())
def test_a_database_that_is_ahead_takes_nothing_back(known, goes_on):
    assert lacking(known, {place: offset + 1 for place, offset in known.items()}, goes_on) == {}


def entry(topic: str, offset: int) -> Entry:
    return Entry(Record(topic, 0, offset, b""), ())


def test_a_batch_begins_and_ends_somewhere_in_each_partition():
    batch = [entry("moments", 4), Entry(None, ()), entry("clips", 7), entry("moments", 9)]
    assert starts_of(batch) == {("moments", 0): 4, ("clips", 0): 7}
    assert ends_of(batch) == {("moments", 0): 10, ("clips", 0): 8}


def test_what_is_read_again_leaves_the_batch():
    """A record from before the rewind must not be written after it: it would set the position ahead."""
    batch = WriteBatch(10, 1.0)
    for each in (entry("moments", 4), Entry(None, ()), entry("clips", 7)):
        batch.add(each, 0.0)
    batch.discard({("moments", 0)})
    assert batch.drain() == [Entry(None, ()), entry("clips", 7)]
    assert without([entry("moments", 4)], {("moments", 1)}) == [entry("moments", 4)]
