"""Times and durations in the server's language."""

from datetime import datetime, timedelta

from discord_notices.wording import _, ngettext


def duration(seconds: float) -> str:
    """Write a duration: "45 min", "3 h 5 min"."""
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return _("%(minutes)s min", minutes=minutes)
    return _("%(hours)s h %(minutes)s min", hours=minutes // 60, minutes=minutes % 60)


def between(start: datetime, end: datetime) -> str:
    """Write the time from start to end."""
    return duration(max(timedelta(), end - start).total_seconds())


def rarity(seconds: int) -> str:
    """Say how long ago a channel last had a moment as big; seconds above an hour."""
    hours = seconds // 3600
    if hours >= 48:
        return ngettext("The biggest in %(num)s day", "The biggest in %(num)s days", hours // 24)
    return ngettext("The biggest in %(num)s hour", "The biggest in %(num)s hours", max(1, hours))


def timestamp(at: datetime, style: str = "R") -> str:
    """Return a time that Discord shows to each reader in their own zone and language; `R`: "2 hours ago"."""
    return f"<t:{int(at.timestamp())}:{style}>"
