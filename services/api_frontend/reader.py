"""Who reads the answer that is being made: in which language and time zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

LANGUAGES = {"en": "English", "de": "Deutsch"}  # by their codes; each named in itself
DEFAULT = "en"
UTC_NAME = "UTC"


@dataclass(frozen=True)
class Reader:
    """`is_asked`: the address names the language, so that it is the same for everyone who has the address."""

    language: str = DEFAULT
    is_asked: bool = False
    zone: str = UTC_NAME


# Set for each request by `middleware.readers`. Outside of requests it is English and UTC.
CURRENT: ContextVar[Reader] = ContextVar("reader", default=Reader())  # noqa: B039


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Write for this reader in the block."""
    before = CURRENT.set(reader)
    try:
        yield
    finally:
        CURRENT.reset(before)
