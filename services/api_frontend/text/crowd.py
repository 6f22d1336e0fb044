"""What the crowd felt, what brought it, and how rare so many people are, in words."""

from api_frontend.data.moments import StoredMoment

LEAST_RARE_SECONDS = 600  # to be the biggest of the last minutes says nothing
UNITS = ((7 * 86_400, "weeks"), (86_400, "days"), (3600, "hours"), (60, "minutes"))


def mood_text(mood: str | None, share: float | None) -> str | None:
    """ "laughter, 62 % of the people"; None where the mood is not known."""
    if not mood:
        return None
    words = mood.replace("_", " ")
    return words if share is None else f"{words}, {100 * min(max(share, 0.0), 1.0):.0f} % of the people"


def rarity_text(seconds: int | None) -> str | None:
    """ "the biggest in 3 hours on this channel", never longer than is known; None where it says nothing."""
    if seconds is None or seconds < LEAST_RARE_SECONDS:
        return None
    size, unit = next(each for each in UNITS if seconds >= 2 * each[0])  # so that the word is always a plural
    return f"the biggest in {seconds // size} {unit} on this channel"


def crowd_parts(moment: StoredMoment) -> list[str]:
    """The line under a moment's sentence: mood, then rarity."""
    parts = (mood_text(moment.mood, moment.mood_share), rarity_text(moment.biggest_in_seconds))
    return [part for part in parts if part]
