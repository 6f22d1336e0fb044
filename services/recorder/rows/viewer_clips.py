"""Shapes what viewers clipped."""

import msgspec

from contracts.codec import ContractError
from contracts.viewer_clips import ViewerClip
from recorder.rows.row import LAST_TIME, Row, Table

TIMES = ("asked_at", "created_at", "started_at", "ended_at")


def viewer_clip_rows(clip: ViewerClip) -> tuple[Row, ...]:
    """Return one row of `viewer_clips`; raises ContractError for a time that no calendar has, or a span without one.

    The statement keeps what was asked last, and the place that the recording gave, whatever the order of arrival.
    """
    for name in TIMES:
        if not 0 <= getattr(clip, name) <= LAST_TIME:
            raise ContractError(f"viewer-clips: {name} {getattr(clip, name)} is out of range")
    if clip.ended_at < clip.started_at:
        raise ContractError("viewer-clips: it ends before it starts")
    values = msgspec.structs.asdict(clip)
    del values["schema_version"]
    return (Row(Table.VIEWER_CLIPS, values),)
