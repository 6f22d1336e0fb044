"""Formats ages, sizes and counts for a person."""


def age_text(seconds: float | None) -> str:
    """Format an age: 95 s, 12 min, 5 h, 3 d; `-` if there is none."""
    if seconds is None:
        return "-"
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    if whole < 120 * 60:
        return f"{whole // 60} min"
    return f"{whole // 3600} h" if whole < 48 * 3600 else f"{whole // 86400} d"


def size_text(count: float) -> str:
    """Format a number of bytes: 999 B, 1.5 kB, 73 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 10 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def plural(count: float, noun: str) -> str:
    """Format a count with its noun: 1 record, 1,200 records."""
    return f"{count:,.0f} {noun}" + ("" if count == 1 else "s")


def build_text(version: str, commit: str) -> str:
    """Return a version with the first digits of its commit; empty without a version."""
    if not version:
        return ""
    return f"{version} ({commit[:7]})" if commit not in ("", "unknown") else version
