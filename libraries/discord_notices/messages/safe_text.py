"""Strangers' texts in our messages: a stream's title may hold mentions, links and markup, and shows them as text."""

MARKUP = frozenset("\\*_~`|>#[]()<")
ZERO_WIDTH = "\u200b"
ELLIPSIS = "…"


def safe(text: str, most: int) -> str:
    """Return a stranger's text on one line with its markup, mentions and links taken out of force.

    At most `most` characters, escapes included; what is left out shows as an ellipsis.
    """
    written: list[str] = []
    length = 0
    for each in pieces(" ".join(text.split())):
        if length + len(each) > most:
            return _with_ellipsis(written, most)
        written.append(each)
        length += len(each)
    return "".join(written)


def pieces(text: str) -> list[str]:
    """Return a text's characters, each as it is written so that it is shown and does nothing."""
    found = []
    for place, each in enumerate(text):
        if each in MARKUP or (each == "-" and place == 0):
            found.append("\\" + each)
        elif each == "@" or (each == ":" and text.startswith("//", place + 1)):
            found.append(each + ZERO_WIDTH)
        elif each.isprintable() or each == " ":
            found.append(each)
    return found


def _with_ellipsis(written: list[str], most: int) -> str:
    while written and sum(map(len, written)) + len(ELLIPSIS) > most:
        written.pop()
    return "".join(written) + ELLIPSIS if most else ""


def cut(text: str, most: int) -> str:
    """Return our own text, shortened to `most` characters."""
    return text if len(text) <= most else text[: most - len(ELLIPSIS)] + ELLIPSIS
