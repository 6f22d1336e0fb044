"""A revision of a moment as a row: the contract's document, checked."""

from typing import get_type_hints

from contracts.codec import ContractError
from contracts.moments import Moment
from recorder.rows.row import Row, Table
from recorder.rows.word_policy import is_code, without_private_words

TIME_FIELDS = tuple(name for name in Moment.__struct_fields__ if name.endswith("_at"))
TEXT_FIELDS = tuple(  # ids are Twitch's or ours
    name for name, kind in get_type_hints(Moment).items() if "str" in str(kind) and not name.endswith("_id")
)
LAST_TIME = 253_402_300_799_999  # the end of the year 9999, milliseconds since 1970: no reader has a later one


def moment_rows(moment: Moment) -> tuple[Row, ...]:
    """One row of `moments`, its document; the statement takes the columns out of it.

    Raises ContractError for a time that no calendar has, or a text that could be somebody's words.
    """
    for name in TIME_FIELDS:
        if not 0 <= (getattr(moment, name) or 0) <= LAST_TIME:
            raise ContractError(f"moments: {name} {getattr(moment, name)} is out of range")
    for name in TEXT_FIELDS:
        value = getattr(moment, name)
        if not all(map(is_code, [value] if isinstance(value, str) else value or ())):
            raise ContractError(f"moments: {name} is not a code")
    return (Row(Table.MOMENTS, without_private_words(moment)),)
