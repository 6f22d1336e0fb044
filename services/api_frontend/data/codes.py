"""Names for the codes of moods and causes."""

from api_frontend.translation import _, marked
from contracts.moment_words import CAUSES, cause_words

MOOD_NAMES = {
    "laughter": marked("laughter"),
    "hype": marked("hype"),
    "awe": marked("awe"),
    "dismay": marked("dismay"),
    "sadness": marked("sadness"),
    "anger": marked("anger"),
    "love": marked("love"),
    "fear": marked("fear"),
    "confusion": marked("confusion"),
}


def mood_name(mood: str) -> str:
    """Name a mood; an unknown code is shown without its underscores."""
    return _(MOOD_NAMES[mood]) if mood in MOOD_NAMES else mood.replace("_", " ")


def cause_name(cause: str) -> str:
    """Name a cause; an unknown code is shown without its underscores."""
    return _(CAUSES[cause]) if cause in CAUSES else cause_words(cause)
