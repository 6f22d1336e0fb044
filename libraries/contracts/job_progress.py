"""How far the job has come: every moment before `event_at` is in `moments`."""

import msgspec

SCHEMA_VERSION = 1
JOB = "clip-detector"  # the one job there is


class JobProgress(msgspec.Struct, kw_only=True, frozen=True):
    """Key: `job`. `event_at`: milliseconds since 1970 UTC, the watermark's place. `late`: late rows so far."""

    schema_version: int
    job: str
    event_at: int
    late: int
