"""Shapes the progress of capture, the job and the recorder."""

from contracts.chat_messages import Tick
from contracts.codec import ContractError
from contracts.job_progress import JobProgress
from recorder.rows.row import Entry, Row, Table

JOB = "clip-detector"  # the job whose progress the site shows
FUTURE_MS = 24 * 3_600_000  # a time further ahead is an error: event_at never goes back


def _row(stage: str, event_at: int) -> Row:
    return Row(Table.PIPELINE_PROGRESS, {"stage": stage, "event_at": event_at})


def _checked(event_at: int, now: int) -> int:
    if event_at > now + FUTURE_MS:
        raise ContractError(f"progress: {event_at} is more than a day ahead")
    return event_at


def tick_rows(tick: Tick, now: int) -> tuple[Row, ...]:
    """Return capture's progress: everything up to this tick has been captured."""
    return (_row("capture", _checked(tick.sent_at, now)),)


def job_rows(progress: JobProgress, now: int) -> tuple[Row, ...]:
    """Return the detector's progress: every moment before this time has been found. Other jobs have no row."""
    return (_row("job", _checked(progress.event_at, now)),) if progress.job == JOB else ()


def heartbeat(now: int) -> Entry:
    """Return the recorder's progress: it runs and reaches Postgres."""
    return Entry(None, (_row("recorder", now),))
