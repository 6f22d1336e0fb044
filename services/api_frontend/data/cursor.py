"""The place in the list of moments, newest first, after which the next page begins."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST = 400  # characters; a moment's id is far shorter
ONE_MICROSECOND = timedelta(microseconds=1)  # what Postgres keeps


class CursorError(ValueError):
    """The cursor was not made here; leave it out to begin at the newest."""


@dataclass(frozen=True)
class Cursor:
    """The last moment shown: the next page holds what was crossed before it."""

    crossed_at: datetime
    moment_id: str


def encode(cursor: Cursor) -> str:
    """Opaque text that is safe in an address."""
    microseconds = (cursor.crossed_at - EPOCH) // ONE_MICROSECOND
    return base64.urlsafe_b64encode(f"{microseconds}.{cursor.moment_id}".encode()).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """The cursor in `text`; raises `CursorError` where `encode` did not make it."""
    try:
        if len(text) > LONGEST:
            raise CursorError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        microseconds, _, moment_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(".")
        cursor = Cursor(EPOCH + int(microseconds) * ONE_MICROSECOND, moment_id)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise CursorError("not a cursor of this list; leave it out to begin at the newest") from error
    if "\0" in moment_id or encode(cursor) != text:
        raise CursorError("not a cursor of this list; leave it out to begin at the newest")
    return cursor
