"""What viewers clipped: at a moment of ours, or where viewers alone found something. Never what they called it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ClippedBy:
    """How many viewers clipped a moment. `url`: the most viewed of their clips; None if it is gone."""

    viewers: int
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class ViewerPlace:
    """A place of a stream that viewers clipped and we did not find. `views`: of all their clips of it."""

    clip_id: str
    stream_id: str
    started_at: datetime
    ended_at: datetime
    viewers: int
    views: int
    url: str | None
