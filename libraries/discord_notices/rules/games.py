"""Filters by game: names as Twitch writes them, compared without case."""

from collections.abc import Iterable


def fits(games: Iterable[str], game_name: str) -> bool:
    """Return whether a game passes a filter; an empty filter lets all pass."""
    wanted = {each.casefold() for each in games}
    return not wanted or game_name.casefold() in wanted
