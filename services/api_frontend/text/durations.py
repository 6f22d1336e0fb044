"""Says how long a stream was."""

from api_frontend.translation import _

MINUTE, HOUR = 60, 3600


def duration_text(seconds: float) -> str:
    """Write a length as people say it: "45 min", "3 h 05 min"."""
    minutes = max(1, round(seconds / MINUTE))
    hours, rest = divmod(minutes, HOUR // MINUTE)
    if hours:
        two_digits = f"{rest:02d}"
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=two_digits)
    return _("%(minutes)s min", minutes=minutes)
