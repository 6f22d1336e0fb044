"""Says how fresh a stage is, in plain words."""

from datetime import datetime, timedelta

from api_frontend.data.status import Stage

TITLES = {
    "chat": "Chat",
    "moments": "Moments",
    "clips": "Clips",
    "database": "This site’s database",
}
STATES = {"fresh": "Works", "behind": "Behind", "silent": "Does not answer", "unknown": "Not known"}
OVERALL = {
    "fresh": "Everything works.",
    "behind": "Everything runs, and something is catching up.",
    "silent": "Something does not answer. The moments that were found before are still here.",
    "unknown": "Not everything has reported yet.",
}
WORST_FIRST = ("silent", "behind", "unknown", "fresh")


def span(length: timedelta) -> str:
    """Write a span of time as people say it: "3 s", "5 min", "2 h", "4 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 120:
        return f"{seconds} s"
    if seconds < 120 * 60:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 48 * 3600 else f"{seconds // 86_400} days"


def overall(stages: list[Stage]) -> str:
    """Return the worst state's sentence; clips that were never made worry nobody."""
    states = {stage.state for stage in stages if (stage.name, stage.state) != ("clips", "unknown")}
    return OVERALL[next(state for state in WORST_FIRST if state in states)]


def clip_words(stage: Stage, now: datetime) -> str:
    """Say when the newest clip was made, and what is owed."""
    if stage.waiting:
        owed = "1 clip has" if stage.waiting == 1 else f"{stage.waiting:,} clips have"
        return f"{owed} been asked for and not come yet."
    return f"The newest clip was made {span(now - stage.at)} ago." if stage.at else "No clip has been made yet."


def stage_words(stage: Stage, now: datetime) -> str:
    """Describe one stage in a sentence."""
    if stage.name == "database":
        return "It answers." if stage.state == "fresh" else "It does not answer. Earlier pages may still be here."
    if stage.name == "clips":
        return clip_words(stage, now) if stage.state != "unknown" or stage.at else "No clip has been made yet."
    if stage.at is None:
        return "Nothing has been reported yet."
    if stage.silent_since is not None:
        return f"Nothing has been heard for {span(now - stage.silent_since)}; before, {done(stage, now)}."
    return f"{done(stage, now)[:1].upper()}{done(stage, now)[1:]}."


def done(stage: Stage, now: datetime) -> str:
    """Say up to when a stage is done."""
    ago = span(now - stage.at) if stage.at else "an unknown time"
    return f"chat was read up to {ago} ago" if stage.name == "chat" else f"moments were found up to {ago} ago"
