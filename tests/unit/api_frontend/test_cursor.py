"""The cursor's laws: it comes back as it was, and nothing else is taken for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_frontend.data.lists.cursor import TOP_GRADE, Cursor, CursorError, decode, encode

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))
IDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=80)


@given(TIMES, IDS, st.none() | st.integers(0, TOP_GRADE))
def test_comes_back_as_it_was(crossed_at: datetime, moment_id: str, grade: int | None) -> None:
    cursor = Cursor(crossed_at, moment_id, grade)
    assert decode(encode(cursor)) == cursor


@given(st.text(max_size=500))
def test_other_text_is_refused_or_is_a_cursor(text: str) -> None:
    try:
        cursor = decode(text)
    except CursorError:
        return
    assert encode(cursor) == text


@given(st.binary(max_size=60))
def test_bytes_in_base64_never_raise_anything_else(raw: bytes) -> None:
    import base64

    try:
        decode(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
    except CursorError:
        return


@given(TIMES, IDS)
def test_is_safe_in_an_address(crossed_at: datetime, moment_id: str) -> None:
    text = encode(Cursor(crossed_at, moment_id))
    assert all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in text)


def test_a_nul_never_reaches_postgres() -> None:
    with pytest.raises(CursorError):
        decode(encode(Cursor(datetime(2026, 1, 1, tzinfo=UTC), "a\0b")))


def test_the_message_says_what_to_do() -> None:
    with pytest.raises(CursorError, match="start at the newest"):
        decode("not-a-cursor")
