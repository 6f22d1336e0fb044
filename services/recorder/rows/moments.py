"""A revision of a moment as a row: the contract's document, checked."""

from operator import attrgetter
from typing import get_type_hints

from contracts.codec import ContractError
from contracts.moments import Moment
from recorder.rows.row import LAST_TIME, Row, Table
from recorder.rows.word_policy import is_code, without_private_words

TIME_FIELDS = tuple(name for name in Moment.__struct_fields__ if name.endswith("_at"))
TEXT_FIELDS = tuple(  # ids are Twitch's or ours
    name for name, kind in get_type_hints(Moment).items() if "str" in str(kind) and not name.endswith("_id")
)
times_of, texts_of = attrgetter(*TIME_FIELDS), attrgetter(*TEXT_FIELDS)


def moment_rows(moment: Moment) -> tuple[Row, ...]:
    """Return one row of `moments`, its document; the statement takes the columns out of it.

    Raises ContractError for a time that no calendar has, or a text that could be somebody's words.
    """
    for name, time in zip(TIME_FIELDS, times_of(moment), strict=True):
        if time is not None and not 0 <= time <= LAST_TIME:
            raise ContractError(f"moments: {name} {time} is out of range")
    for name, text in zip(TEXT_FIELDS, texts_of(moment), strict=True):
        if text and not (is_code(text) if isinstance(text, str) else all(map(is_code, text))):
            raise ContractError(f"moments: {name} is not a code")
    return (Row(Table.MOMENTS, without_private_words(moment)),)
