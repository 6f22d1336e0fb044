"""A clip's intent or outcome as a row."""

import msgspec

from contracts.clips import Clip
from recorder.rows.row import Row, Table


def clip_rows(clip: Clip) -> tuple[Row, ...]:
    """One row of `clips`; the statement keeps it only where its revision is higher than the row's."""
    values = msgspec.structs.asdict(clip)
    del values["schema_version"]
    return (Row(Table.CLIPS, values),)
