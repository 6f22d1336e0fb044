"""Describes the crowd of a moment: what it felt, and how rarely it is that big."""

from api_frontend.data.stored_moment import StoredMoment

LEAST_RARE_SECONDS = 600  # being the biggest in a few minutes means nothing
UNITS = ((7 * 86_400, "weeks"), (86_400, "days"), (3600, "hours"), (60, "minutes"))


def mood_text(mood: str | None, share: float | None) -> str | None:
    """Name a mood with its share, "laughter (62% of chatters)"; None if it is not known."""
    if not mood:
        return None
    words = mood.replace("_", " ")
    return words if share is None else f"{words} ({100 * min(max(share, 0.0), 1.0):.0f}% of chatters)"


def rarity_text(seconds: int | None) -> str | None:
    """Say how rare it is, "this channel’s biggest in 3 hours", never claiming more than is known; None if it is not."""
    if seconds is None or seconds < LEAST_RARE_SECONDS:
        return None
    size, unit = next(each for each in UNITS if seconds >= 2 * each[0])  # so that the word is always a plural
    return f"this channel’s biggest in {seconds // size} {unit}"


def crowd_parts(moment: StoredMoment) -> list[str]:
    """Return the line under a moment's sentence: mood, then rarity."""
    document = moment.document
    parts = (mood_text(document.mood, document.mood_share), rarity_text(document.biggest_in_seconds))
    return [part for part in parts if part]
