"""When a digest of the best moments is due, and of which time: each once, named by its last day."""

from datetime import UTC, datetime, time, timedelta

from msgspec import Struct

from discord_notices.rules.guild import Digest

HOUR = 9  # of the day, UTC
WEEKDAY = 0  # Monday
LATE_HOURS = 12  # after which a digest that could not be sent is left out: the next one comes soon
MOST_MOMENTS = 5
DAYS = {"daily": 1, "weekly": 7}


class Due(Struct, frozen=True, kw_only=True):
    """A digest of the moments in [from_at, until_at). `subject` names it in the ledger."""

    kind: Digest
    subject: str
    from_at: datetime
    until_at: datetime


def due(kind: Digest, at: datetime) -> Due | None:
    """Return the digest that a server should have by now, or None. It is due for hours: the ledger sends it once."""
    if kind == "none":
        return None
    until = datetime.combine(at.astimezone(UTC).date(), time(HOUR), UTC)
    if kind == "weekly":
        until -= timedelta(days=(until.weekday() - WEEKDAY) % 7)
    if not until <= at < until + timedelta(hours=LATE_HOURS):
        return None
    from_at = until - timedelta(days=DAYS[kind])
    return Due(kind=kind, subject=f"{kind}:{until:%Y-%m-%d}", from_at=from_at, until_at=until)


def named(subject: str) -> Due | None:
    """Return the digest that the ledger names so; None for what names none."""
    kind, _, day = subject.partition(":")
    try:
        at = datetime.combine(datetime.strptime(day, "%Y-%m-%d").date(), time(HOUR), UTC)
    except ValueError:
        return None
    return due(kind, at) if kind in DAYS else None  # type: ignore[arg-type]
