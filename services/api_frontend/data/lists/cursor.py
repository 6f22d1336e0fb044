"""The position in a list of moments after which the next page begins."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from api_frontend.data.stored_moment import EPOCH

LENGTH_LIMIT = 400  # characters; a moment's id is far shorter
PATTERN = rf"^[A-Za-z0-9_-]{{8,{LENGTH_LIMIT}}}$"
SUM_BYTES = 3  # four characters of the text: one that was changed or made up is refused
ONE_MICROSECOND = timedelta(microseconds=1)  # what Postgres keeps
TOP_GRADE = 31  # of a moment: docs/best.md
GRADED = "best"  # the first letter of a time is a digit or a minus


class CursorError(ValueError):
    """The cursor is not one of this list; leave it out to start at the top."""


@dataclass(frozen=True)
class Cursor:
    """The last moment shown; `grade` is None in a list that has the newest first."""

    crossed_at: datetime
    moment_id: str
    grade: int | None = None

    @property
    def place(self) -> tuple[int, datetime, str]:
        """The position for comparing; the next page holds what is lower."""
        return self.grade or 0, self.crossed_at, self.moment_id


def encode(cursor: Cursor) -> str:
    """Encode as opaque text that is safe in an address."""
    microseconds = (cursor.crossed_at - EPOCH) // ONE_MICROSECOND
    graded = "" if cursor.grade is None else f"{GRADED}.{cursor.grade}."
    plain = f"{graded}{microseconds}.{cursor.moment_id}".encode()
    check = blake2b(plain, digest_size=SUM_BYTES, person=b"cursor").digest()
    return base64.urlsafe_b64encode(check + plain).rstrip(b"=").decode()


def decode(text: str) -> Cursor:
    """Decode; raises `CursorError` unless `encode` made the text."""
    try:
        if len(text) > LENGTH_LIMIT:
            raise CursorError("too long")
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        cursor = parsed(base64.b64decode(padded, altchars=b"-_", validate=True)[SUM_BYTES:].decode())
    except (ValueError, OverflowError, binascii.Error) as error:
        raise CursorError("not a cursor of this list; leave it out to start at the newest") from error
    if "\0" in cursor.moment_id or encode(cursor) != text:
        raise CursorError("not a cursor of this list; leave it out to start at the newest")
    return cursor


def parsed(plain: str) -> Cursor:
    """Read what `encode` encodes; raises ValueError or OverflowError."""
    grade = None
    if plain.startswith(f"{GRADED}."):
        _, written, plain = plain.split(".", 2)
        grade = int(written)
        if not 0 <= grade <= TOP_GRADE:
            raise CursorError("no such grade")
    microseconds, _, moment_id = plain.partition(".")
    return Cursor(EPOCH + int(microseconds) * ONE_MICROSECOND, moment_id, grade)
