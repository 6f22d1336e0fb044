"""Shapes a clip's intent or outcome."""

import msgspec

from contracts.clips import Clip
from recorder.rows.row import Row, Table


def clip_rows(clip: Clip) -> tuple[Row, ...]:
    """Return one row of `clips`; the statement keeps it only if its revision is higher than the row's."""
    values = msgspec.structs.asdict(clip)
    del values["schema_version"]
    return (Row(Table.CLIPS, values),)
