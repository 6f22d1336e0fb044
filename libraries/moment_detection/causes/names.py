"""The emote names that the site may repeat: those of words/moods.toml, in the form that the file gives them."""

from functools import cache
from importlib.resources import files

from moment_detection.causes.vocabulary import MOODS
from moment_detection.causes.word_lists import LOWER_CASE_FROM, parse_word_lists


@cache
def _names() -> tuple[frozenset[str], dict[str, str]]:
    """Read the names, and the first of them by its lower case where that is enough to know it."""
    text = files("moment_detection.causes").joinpath("words", MOODS).read_text(encoding="utf-8")
    names = parse_word_lists(text)[0].emotes
    by_lower_case: dict[str, str] = {}
    for name in names:
        if len(name) >= LOWER_CASE_FROM:
            by_lower_case.setdefault(name.casefold(), name)
    return frozenset(names), by_lower_case


def known_name(token: str) -> str | None:
    """Return the name that a token is, "KEKW" for "kekw"; None for every other word of the chat."""
    names, by_lower_case = _names()
    return token if token in names else by_lower_case.get(token.casefold())
