"""Names and titles that came from elsewhere, made safe to show: they change no line's direction, height or width."""

import unicodedata

from markupsafe import Markup

from api_frontend.translation import _, marked

MOST_CHARACTERS = 40  # of a name in a line; Twitch's own have 25
MOST_MARKS = 3  # accents on one letter; no script needs more, and a pile of them covers the lines above
NAMELESS = marked("(no name)")
ELLIPSIS = "…"
JOINER = "\u200d"
# Marks, embeddings, overrides and isolates of direction (UAX #9), and what has no width.
DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
WIDTHLESS = frozenset("\u00ad\u200b\u2060\ufeff")
CONTROLS = {"Cc", "Cs", "Zl", "Zp"}  # control characters, halves of pairs, breaks of lines and paragraphs


def continues(character: str) -> bool:
    """Return whether the character belongs to the one before it: an accent, a variation, a skin tone."""
    return unicodedata.category(character) in {"Mn", "Me", "Mc"} or "\U0001f3fb" <= character <= "\U0001f3ff"


def plain(text: str) -> str:
    """Return the text on one line, without controls, directions and piles of accents; never empty."""
    kept: list[str] = []
    marks = 0
    for character in text:
        if character in DIRECTIONS or character in WIDTHLESS:
            continue
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= MOST_MARKS:
            kept.append(" " if unicodedata.category(character) in CONTROLS else character)
    return " ".join("".join(kept).split()) or _(NAMELESS)


def cut(text: str, most: int) -> str:
    """Return at most `most` characters of the text, an ellipsis included, and never half of a joined one."""
    if len(text) <= most:
        return text
    end = most - len(ELLIPSIS)
    while end > 0 and (continues(text[end]) or JOINER in text[end - 1 : end + 1]):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def shown(name: str, most: int = MOST_CHARACTERS) -> str:
    """Return the name as plain text, cut to a length: for a page's title, a feed, a card."""
    return cut(plain(name), most)


def shown_name(name: str, most: int = MOST_CHARACTERS) -> Markup:
    """Return the name isolated from the line's direction; a cut one has the whole as its title."""
    whole = plain(name)
    if len(whole) <= most:
        return Markup('<bdi class="name">{}</bdi>').format(whole)
    return Markup('<bdi class="name" title="{}">{}</bdi>').format(whole, cut(whole, most))
