"""Other providers' emotes as crowds know and write them: few all the time, most hardly ever."""

from bisect import bisect
from functools import cache
from itertools import accumulate, zip_longest
from random import Random
from typing import Final

from twitch_simulator.crowd.word_files import read_words

ZIPF_EXPONENT = 1.0  # of how often the emote of a rank is written
PROVIDERS: Final = ("7tv", "bttv", "ffz")


@cache
def common_names() -> tuple[str, ...]:
    """Return the names that chats know, the commonest first: the providers' lists in turn."""
    lists = [read_words("emotes")[provider]["common"] for provider in PROVIDERS]
    return tuple(name for names in zip_longest(*lists) for name in names if name)


@cache
def _sums() -> list[float]:
    return list(accumulate((rank + 1) ** -ZIPF_EXPONENT for rank in range(len(common_names()))))


def draw_name(rng: Random) -> str:
    """Draw a name as crowds write them: that of rank n one time in n as often as the first."""
    sums = _sums()
    return common_names()[min(len(sums) - 1, bisect(sums, rng.random() * sums[-1]))]
