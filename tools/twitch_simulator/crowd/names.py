"""Makes up the channels' logins and display names, in the language of each channel."""

from random import Random
from typing import Final

from twitch_simulator.crowd.word_files import read_words

MAX_LOGIN = 25  # characters, Twitch's limit
NUMBERS: Final = (2, 99)
TRIES = 8  # before a name may resemble another one; there are more channels than pairs of words


def make_name(rng: Random, language: str, taken: set[str]) -> tuple[str, str]:
    """Make up a login that is not in `taken`, and its display name. The login and its letters join `taken`."""
    for _ in range(TRIES):
        login, shown = draw_name(rng, language)
        if _letters(login) not in taken:
            break
    base, base_shown = login[: MAX_LOGIN - 6], shown[: MAX_LOGIN - 6]
    while login in taken:
        number = rng.randrange(10, 100_000)
        login, shown = f"{base}{number}", f"{base_shown}{number}"
    taken |= {login, _letters(login)}
    return login, shown


def draw_name(rng: Random, language: str) -> tuple[str, str]:
    """Draw (login, display name). They differ by capitals only, but for some in Chinese, Japanese and Korean."""
    words = read_words("names")[language]
    (first, first_shown), (second, second_shown) = (_word(rng.choice(words[key])) for key in ("first", "second"))
    form, is_own_script, between = rng.choice(words["forms"]).partition("=")
    name = form.format(
        first=first,
        second=second,
        First=first.capitalize(),
        Second=_capitals(second),
        SECOND=second.upper(),
        n=rng.randint(*NUMBERS),
    )[:MAX_LOGIN]
    return name.lower(), f"{first_shown}{between}{second_shown}" if is_own_script else name


def _word(entry: str) -> tuple[str, str]:
    written, _, shown = entry.partition("=")
    return written, shown


def _capitals(words: str) -> str:
    return "".join(word.capitalize() for word in words.split("_"))


def _letters(login: str) -> str:
    return "".join(char for char in login if char.isalpha())
