"""The inspector keeps what does not fit and passes everything else."""

from pathlib import Path

import pytest

import contracts
from recorder.chat_inspector import TOPIC, inspect
from recorder.rows.record import Record

EXAMPLES = Path(contracts.__file__).parent / "examples" / TOPIC


def test_every_example_passes():
    records = [Record(TOPIC, 0, place, path.read_bytes()) for place, path in enumerate(EXAMPLES.glob("*.json"))]
    assert inspect(records, 1) == []


@pytest.mark.parametrize(
    "payload",
    [
        b"no json",
        b'{"kind":"poem","schema_version":1}',
        (EXAMPLES / "message.json").read_bytes().replace(b'"schema_version": 1', b'"schema_version": 2'),
        (EXAMPLES / "message.json").read_bytes().replace(b'"sent_at"', b'"at"'),
    ],
    ids=["no JSON", "a kind", "a version", "a missing field"],
)
def test_what_does_not_fit_is_found_among_the_rest(payload):
    good = (EXAMPLES / "message.json").read_bytes()
    bad = inspect([Record(TOPIC, 0, place, each) for place, each in enumerate((good, payload, good))], 1)
    assert [entry.record.offset for entry in bad] == [1]
