"""A dead letter is always storable and never outlives people's words."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.dead_letters import PAYLOAD_LIMIT, DeadLetter
from recorder.rows.dead_letters import dead_letter_rows, refused, storable
from recorder.rows.record import Record

NOW = 1_764_000_000_000


@given(st.text(), st.integers(0, 100))
def test_stored_text_has_no_nul_and_is_short(text, limit):
    stored = storable(text, limit)
    assert "\x00" not in stored
    assert len(stored) <= limit
    stored.encode()


def test_half_a_character_is_storable():
    storable("\ud800", 10).encode()


@given(st.binary(max_size=20_000), st.text())
def test_any_bytes_make_a_letter_that_postgres_takes(payload, reason):
    (row,) = refused(Record("moments", 1, 2, payload), reason, NOW).rows
    assert len(row.values["payload"]) <= PAYLOAD_LIMIT
    assert b"\\u0000" not in msgspec.json.encode(row.values).replace(b"\\\\u0000", b"")


@given(st.integers(-(10**18), 10**18))
def test_its_time_is_the_records_and_never_ahead(appended_at):
    (row,) = refused(Record("chat-messages", 1, 2, b"", appended_at=appended_at), "", NOW).rows
    assert 0 < row.values["met_at"] <= NOW
    if 0 < appended_at <= NOW:
        assert row.values["met_at"] == appended_at


def test_a_letter_of_capture_is_stored_as_it_is():
    letter = DeadLetter(schema_version=1, place="irc", reason="no command", payload="@badge", met_at=NOW - 5)
    (row,) = dead_letter_rows(letter, Record("dead-letters", 0, 7, b""), NOW)
    assert row.values == {
        "topic": "dead-letters",
        "partition_id": 0,
        "record_offset": 7,
        "place": "irc",
        "reason": "no command",
        "payload": "@badge",
        "met_at": NOW - 5,
    }
