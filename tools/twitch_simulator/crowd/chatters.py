"""The people in chat: a fixed crowd in which a few write much and many write little."""

from dataclasses import dataclass
from random import Random
from typing import Final

CROWD_SIZE = 20_000  # people; larger than any simulated audience, small enough to build in a tenth of a second
HEAD_WEIGHT = 2.5  # exponent: the busiest tenth of an audience writes about 40 % of its messages
COLORS: Final = ("", "#FF0000", "#1E90FF", "#8A2BE2", "#00FF7F", "#DAA520", "#FF69B4", "#5F9EA0")
FOREIGN_NAMES: Final = ("夜の狐", "봄바람", "小籠包", "さくら", "雨天")
FIRST: Final = (
    "quiet",
    "mossy",
    "brave",
    "lucky",
    "sleepy",
    "rapid",
    "amber",
    "pixel",
    "salty",
    "cosmic",
    "tiny",
    "grim",
)
SECOND: Final = ("fox", "owl", "panda", "otter", "raven", "badger", "lynx", "toad", "heron", "moth", "yak", "crab")


@dataclass(frozen=True, slots=True)
class Chatter:
    """One person."""

    user_id: str
    login: str
    display_name: str
    subscriber_months: int
    moderator: bool
    color: str


def badges(subscriber_months: int, moderator: bool) -> tuple[str, str]:
    """Return the values of the tags `badge-info` and `badges`."""
    info = f"subscriber/{subscriber_months}" if subscriber_months else ""
    worn = (["moderator/1"] if moderator else []) + ([f"subscriber/{subscriber_months}"] if subscriber_months else [])
    return info, ",".join(worn)


def make_chatter(user_id: str, login: str, display_name: str, rng: Random) -> Chatter:
    """Draw a person's badges and colour."""
    months = rng.choice((1, 3, 6, 12, 24)) if rng.random() < 0.2 else 0
    return Chatter(
        user_id=user_id,
        login=login,
        display_name=display_name,
        subscriber_months=months,
        moderator=rng.random() < 0.005,
        color=rng.choice(COLORS),
    )


def make_crowd(seed: int, size: int = CROWD_SIZE) -> list[Chatter]:
    """Draw the crowd with unique user ids and logins; equal seeds give equal people."""
    rng = Random(f"crowd:{seed}")
    user_ids = rng.sample(range(100_000, 900_000_000), size)
    crowd = []
    for number, user_id in enumerate(user_ids):
        login = f"{rng.choice(FIRST)}{rng.choice(SECOND)}{number}"
        shown = f"{rng.choice(FOREIGN_NAMES)}{number}" if rng.random() < 0.04 else login.capitalize()
        crowd.append(make_chatter(str(user_id), login, shown, rng))
    return crowd


@dataclass(frozen=True, slots=True)
class Audience:
    """The part of the crowd that watches one channel: `size` people from `offset` on, wrapping around."""

    offset: int
    size: int

    def draw(self, uniform: float, crowd_size: int) -> int:
        """Return the writer's index in the crowd for a uniform draw in [0, 1)."""
        return (self.offset + int(self.size * uniform**HEAD_WEIGHT)) % crowd_size
