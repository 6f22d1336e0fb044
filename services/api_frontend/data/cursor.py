"""The position in the list of moments, newest first, after which the next page begins."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta

from api_frontend.data.stored_moment import EPOCH

LENGTH_LIMIT = 400  # characters; a moment's id is far shorter
ONE_MICROSECOND = timedelta(microseconds=1)  # what Postgres keeps


class CursorError(ValueError):
    """The cursor is not one of this list; leave it out to start at the newest."""


@dataclass(frozen=True)
class Cursor:
    """The last moment shown: the next page holds what crossed the threshold before it."""

    crossed_at: datetime
    moment_id: str


def encode(cursor: Cursor) -> str:
    """Encode as opaque text that is safe in an address."""
    microseconds = (cursor.crossed_at - EPOCH) // ONE_MICROSECOND
    return base64.urlsafe_b64encode(f"{microseconds}.{cursor.moment_id}".encode()).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Decode; raises `CursorError` unless `encode` made the text."""
    try:
        if len(text) > LENGTH_LIMIT:
            raise CursorError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        microseconds, _, moment_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(".")
        cursor = Cursor(EPOCH + int(microseconds) * ONE_MICROSECOND, moment_id)
    except (ValueError, OverflowError, binascii.Error) as error:
        raise CursorError("not a cursor of this list; leave it out to start at the newest") from error
    if "\0" in moment_id or encode(cursor) != text:
        raise CursorError("not a cursor of this list; leave it out to start at the newest")
    return cursor
