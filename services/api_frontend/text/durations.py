"""Says how long a stream was."""

MINUTE, HOUR = 60, 3600


def duration_text(seconds: float) -> str:
    """Write a length as people say it: "45 min", "3 h 05 min"."""
    minutes = max(1, round(seconds / MINUTE))
    hours, rest = divmod(minutes, HOUR // MINUTE)
    return f"{hours} h {rest:02d} min" if hours else f"{minutes} min"
