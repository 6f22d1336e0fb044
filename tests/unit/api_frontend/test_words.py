"""What the index of words is asked for, of what a visitor typed."""

import pytest

from api_frontend.data.database import Database
from api_frontend.data.lists.common_words import KEPT_SECONDS, CommonWords
from api_frontend.data.lists.words import firm_query_of, query_of

COMMON = frozenset({"day", "road", "to"})


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("Elden Ri", "elden"),  # a short beginning begins too many
        ("Elden Rin", "elden & rin:*"),
        ("day 265", "265:*"),
        ("road to diamond", "diamond:*"),
        ("diamond roa", "diamond"),  # a common word begins like that
        ("day road", "day & road:*"),  # nothing else is left
        ("d", "d:*"),
        ("to d", "to & d:*"),
        ("", ""),
    ],
)
def test_what_narrows_little_is_left_out_if_anything_else_is_there(typed: str, asked: str) -> None:
    assert firm_query_of(typed, COMMON) == asked


def test_without_common_words_all_that_is_long_enough_counts() -> None:
    assert firm_query_of("day 265") == query_of("day 265") == "day & 265:*"


class Answers(Database):
    """A database that answers with one more word each time."""

    def __init__(self) -> None:
        self.asked = 0

    async def rows(self, *_: object, **__: object) -> list[dict[str, object]]:  # type: ignore[override]
        self.asked += 1
        return [{"word": f"word{number}"} for number in range(self.asked)]


async def test_common_words_are_read_once_a_minute() -> None:
    now = 0.0
    words = CommonWords(Answers(), lambda: now)
    assert await words.read() == {"word0"}
    now = KEPT_SECONDS
    assert await words.read() == {"word0"}
    now += 1
    assert await words.read() == {"word0", "word1"}
