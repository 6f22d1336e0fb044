"""How statements are run: by the bot's connections or the site's."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiosql
import msgspec

Row = Mapping[str, Any]
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Sequence[Row]]]  # raises `PostgresAwayError`
queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "apsycopg")


def as_json(value: Any) -> str:
    """Write rows for `jsonb_to_recordset`: structs become objects, times ISO texts."""
    return msgspec.json.encode(value).decode()
