"""What the list's form offers: the options of each field with their words, in the reader's language."""

from collections.abc import Sequence

from api_frontend.data.codes import cause_name, mood_name
from api_frontend.data.languages import language_name
from api_frontend.data.lists.conditions import PERIOD_WORDS, RARITY_WORDS
from api_frontend.translation import _
from contracts.moment_words import CAUSES, MOODS

Option = tuple[str, str]  # its value in an address, and its words


def known_options(field: str, known: Sequence[str]) -> list[Option]:
    """Return what a field offers beside "any"; `known`: what is stored, for fields that go by it."""
    match field:
        case "order":
            return [("best", _("Best first")), ("newest", _("Newest first"))]
        case "period":
            return [(value, _(words)) for value, words in PERIOD_WORDS.items()]
        case "rarity":
            return [(value, _(words)) for value, words in RARITY_WORDS.items()]
        case "mood":
            return [(mood, mood_name(mood)) for mood in MOODS]
        case "cause":
            return [(cause, cause_name(cause)) for cause in CAUSES]
        case "language":
            return [(code, language_name(code)) for code in known]
        case _:
            return [(value, "") for value in known]


def shown_as(field: str, value: str) -> str:
    """Return the words for a value that an address has and the field does not offer."""
    return language_name(value) if field == "language" else value


def options_of(field: str, chosen: str | None, known: Sequence[str]) -> list[Option]:
    """Return the options of a field; what is chosen is among them."""
    found = known_options(field, known)
    if field in ("order", "game"):
        return found
    if chosen and chosen not in dict(found):
        found.append((chosen, shown_as(field, chosen)))
    return found if field == "period" and chosen else [("", _("any")), *found]
