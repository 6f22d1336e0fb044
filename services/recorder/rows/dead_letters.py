"""Shapes dead letters: where the record is, the reason, and its beginning."""

from contracts.dead_letters import PAYLOAD_LIMIT, DeadLetter
from recorder.rows.record import Record
from recorder.rows.row import Entry, Row, Table

REASON_LIMIT = 500  # characters; an error of Postgres may quote the whole row
NUL_SHOWN = "\u2400"  # Postgres text holds no NUL


def storable(text: str, limit: int) -> str:
    """Return the first `limit` characters as text that Postgres accepts."""
    return text[:limit].encode("utf-8", "replace").decode().replace("\x00", NUL_SHOWN)


def _row(record: Record, place: str, reason: str, payload: str, met_at: int) -> Row:
    return Row(
        Table.DEAD_LETTERS,
        {
            "topic": record.topic,
            "partition_id": record.partition,
            "record_offset": record.offset,
            "place": storable(place, REASON_LIMIT),
            "reason": storable(reason, REASON_LIMIT),
            "payload": storable(payload, PAYLOAD_LIMIT),
            "met_at": met_at,
        },
    )


def refused(record: Record, reason: str, now: int) -> Entry:
    """Return the dead letter of a record that does not fit its contract, or that Postgres refuses.

    `met_at` is Kafka's time of the record, never later than `now`: chat texts are deleted 48 h after it.
    """
    payload = record.payload[: 4 * PAYLOAD_LIMIT].decode("utf-8", "replace")  # a character has 4 bytes at most
    met_at = min(record.appended_at, now) if record.appended_at > 0 else now
    return Entry(record, (_row(record, record.topic, reason, payload, met_at),))


def dead_letter_rows(letter: DeadLetter, record: Record, now: int) -> tuple[Row, ...]:
    """Return another service's dead letter; a time in the future, which would keep it for ever, becomes `now`."""
    met_at = letter.met_at if 0 < letter.met_at <= now else now
    return (_row(record, letter.place, letter.reason, letter.payload, met_at),)
