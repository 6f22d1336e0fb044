"""Writes the figures under a moment's details."""

from api_frontend.translation import _, number


def times_text(times: float) -> str:
    """Round a factor as people do: 2.4, 9, 31."""
    return number(times, 0 if times >= 9.95 or round(times, 1).is_integer() else 1)


def count_text(expected: float) -> str:
    """Write an expected number of people."""
    return number(expected) if expected >= 1 else _("hardly any")


def share_text(part: int, whole: int) -> str:
    """Write a share in percent, never more than all; empty where the whole is not known."""
    return _("%(percent)s%%", percent=number(100 * min(part, whole) / whole)) if whole > 0 else ""
