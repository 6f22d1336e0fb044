"""The job's progress: every moment before `event_at` is in `moments`."""

import msgspec

SCHEMA_VERSION = 1
JOB = "clip-detector"  # the only job


class JobProgress(msgspec.Struct, kw_only=True, frozen=True):
    """The watermark `event_at`, in milliseconds since 1970 UTC, and the late records so far. Key: `job`."""

    schema_version: int
    job: str
    event_at: int
    late: int
