"""Characters that cannot be seen, and characters that look alike: texts are compared without either.

Chat programs append an invisible mark so that Twitch accepts the same line twice, and a name may be mentioned with a
full-width "＠". Marks that belong to what is seen stay: the joiners inside an emoji or a word, the tags of a flag.
"""

import re
from unicodedata import normalize

JOINERS = "\u200c\u200d"  # zero width non-joiner and joiner
SELECTORS = "\ufe00-\ufe0f"  # choose how the character before them is drawn
# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and a blank that is drawn like a letter.
IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u2800"
)
FLAG = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # of England, Scotland, Wales: a black flag and tags
JOINED = "\u0250-\U0010ffff"  # letters of scripts that use joiners, and emoji: neither Latin nor digits
INVISIBLE = re.compile(
    f"({FLAG}|(?<=[{JOINED}])[{JOINERS}](?=[{JOINED}])|(?<=[\u2000-\U0010ffff])[{SELECTORS}]|[{SELECTORS}](?=\u20e3))"
    f"|[{IGNORABLE}]"
)
UNDRAWN = re.compile(f"[{SELECTORS}\u20e3]")  # selectors, and the frame of a keycap
APPENDED = re.compile("[\U000e0000\u034f]")  # by chat programs


def without_invisible(text: str) -> str:
    """Return what is seen of a text: without marks that draw nothing."""
    return text if text.isascii() else INVISIBLE.sub(lambda found: found[1] or "", text)


def one_form(text: str) -> str:
    """Return the text with one form of each character that a reader would call the same; case is kept."""
    if text.isascii():
        return text
    return normalize("NFKC", UNDRAWN.sub("", without_invisible(text)))


def without_appended(token: str) -> str:
    """Return an emote's token without what chat programs append; every other character of a name counts."""
    return token if token.isascii() else APPENDED.sub("", token)
