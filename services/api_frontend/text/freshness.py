"""Says how old the newest chat is that was read."""

MINUTE, HOUR, DAY = 60, 3600, 86_400


def ago_text(seconds: float) -> str:
    """Say how long ago something was: "2 s ago", "6 min ago", "3 hours ago"."""
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return f"{seconds} s ago"
    if seconds < HOUR:
        return f"{seconds // MINUTE} min ago"
    if seconds < DAY:
        return plural(seconds // HOUR, "hour") + " ago"
    return plural(seconds // DAY, "day") + " ago"


def behind_text(seconds: float) -> str:
    """Say how far the site is behind the streams: "4 minutes behind"."""
    seconds = max(0, int(seconds))
    if seconds < HOUR:
        return plural(max(1, seconds // MINUTE), "minute") + " behind"
    if seconds < 2 * DAY:
        return plural(seconds // HOUR, "hour") + " behind"
    return plural(seconds // DAY, "day") + " behind"


def plural(count: int, noun: str) -> str:
    """Count things: "1 minute", "4 minutes"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
