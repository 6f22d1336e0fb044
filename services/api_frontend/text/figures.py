"""Writes the figures under a moment's details."""


def times_text(times: float) -> str:
    """Round a factor as people do: 2.4, 9, 31."""
    if times >= 9.95:
        return f"{times:,.0f}"
    return f"{times:.1f}".removesuffix(".0")


def count_text(expected: float) -> str:
    """Write an expected number of people."""
    return f"{expected:,.0f}" if expected >= 1 else "hardly any"


def share_text(part: int, whole: int) -> str:
    """Write a share in percent, never more than all; empty where the whole is not known."""
    return f"{100 * min(part, whole) / whole:.0f}%" if whole > 0 else ""
