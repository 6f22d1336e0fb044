"""Describes the crowd of a moment: what it felt, how rarely it is that big, and how many viewers clipped it."""

from api_frontend.data.codes import mood_name
from api_frontend.data.stored_moment import StoredMoment
from api_frontend.data.viewers.viewer_place import ViewerPlace
from api_frontend.translation import _, ngettext, number

HOUR, DAY = 3600, 86_400
WEEK = 7 * DAY


def mood_text(mood: str | None, share: float | None) -> str | None:
    """Name a mood with its share, "laughter (62% of people)"; None if it is not known."""
    if not mood:
        return None
    if share is None:
        return mood_name(mood)
    percent = number(100 * min(max(share, 0.0), 1.0))
    return _("%(mood)s (%(percent)s%% of people)", mood=mood_name(mood), percent=percent)


def rarity_text(seconds: int | None) -> str | None:
    """Say how rare it is, "Biggest in 3 days", never more than is known; None below an hour, which means nothing."""
    if seconds is None or seconds < HOUR:
        return None
    if seconds >= 2 * WEEK:
        return _("Biggest in %(weeks)s weeks", weeks=seconds // WEEK)
    if seconds >= 2 * DAY:
        return _("Biggest in %(days)s days", days=seconds // DAY)
    return _("Biggest in %(hours)s hours", hours=seconds // HOUR) if seconds >= 2 * HOUR else _("Biggest in an hour")


def is_biggest_of_stream(moment: StoredMoment) -> bool:
    """Return whether nothing since the stream began was as big, of a stream that runs for an hour or more."""
    document = moment.document
    if document.stream_started_at is None or document.biggest_in_seconds is None:
        return False
    age_seconds = (document.peak_at - document.stream_started_at) / 1000
    return HOUR <= age_seconds <= document.biggest_in_seconds


def rarity(moment: StoredMoment) -> str | None:
    """Say how rare the moment is for its channel: of days, of its stream, else of hours."""
    seconds = moment.document.biggest_in_seconds
    if is_biggest_of_stream(moment) and (seconds or 0) < 2 * DAY:
        return _("Biggest of this stream")
    return rarity_text(seconds)


def viewers_clipped(viewers: int) -> str:
    """Say how many viewers clipped it: "4 viewers clipped this"."""
    return ngettext("%(num)s viewer clipped this", "%(num)s viewers clipped this", viewers)


def rare_or_clipped(moment: StoredMoment) -> str:
    """Say how rare the moment is, and how many viewers clipped it; empty where there is neither."""
    clipped = viewers_clipped(moment.clipped_by.viewers) if moment.clipped_by else None
    return " · ".join(each for each in (rarity(moment), clipped) if each)


def views_text(place: ViewerPlace) -> str:
    """Say how often viewers' clips of a place were watched; empty for never."""
    return ngettext("watched %(num)s time", "watched %(num)s times", place.views) if place.views else ""
