"""The categories that channels play, and the titles of their streams."""

from dataclasses import dataclass
from random import Random
from typing import Any, Final

from twitch_simulator.crowd.word_files import read_words

NUMBERS: Final = (2, 60)  # of days, attempts, wins in a title
OWN_SHARE = 0.65  # of the titles are about the category's kind, where the language has such titles
WITHOUT_NAME: Final = ("talk", "studio")  # kinds whose category is no game to be named


@dataclass(frozen=True)
class Category:
    """A game or another category. `kind`: such as shooter, talk, craft; `weight`: relative frequency."""

    id: str
    name: str
    kind: str
    weight: int


CATEGORIES: Final = {row["id"]: Category(**row) for row in read_words("games")["game"]}
GAMES: Final = {category.id: category.name for category in CATEGORIES.values()}


def draw_category(rng: Random) -> Category:
    """Draw a category by weight."""
    categories = tuple(CATEGORIES.values())
    return rng.choices(categories, [category.weight for category in categories])[0]


def make_title(rng: Random, language: str, category: Category) -> str:
    """Draw a title in a language that suits the category."""
    titles: dict[str, Any] = read_words("titles")[language]
    own = titles.get(category.kind, ())
    usual = [title for title in titles["any"] if "{game}" not in title or category.kind not in WITHOUT_NAME]
    title: str = rng.choice(own if own and rng.random() < OWN_SHARE else usual)
    return title.format(game=category.name, n=rng.randint(*NUMBERS))


def kind_of(game_id: str) -> str:
    """Return the kind of a category; an unknown one is treated as talk."""
    return CATEGORIES[game_id].kind if game_id in CATEGORIES else "talk"
