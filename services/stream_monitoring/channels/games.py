"""The games that a channel may play, by the ids that Twitch has for their names."""

from collections.abc import Iterable

from twitch_access.helix import Helix

ASK_AGAIN_SECONDS = 600.0  # after Twitch did not know a game
UNKNOWN = "Twitch knows no game of this name or id: write it as its page does, capitals included"


class Games:
    """Names and ids as the operator wrote them; digits may be either, as 1942."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._ids: dict[str, frozenset[str]] = {}
        self._asked_at: dict[str, float] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def ask(self, helix: Helix, now: float) -> frozenset[str]:
        """Return the ids of all games that Twitch knows; ask for those not known yet. Raises TwitchError."""
        due = [each for each in self._names if each not in self._ids and self._is_due(each, now)]
        if due:
            games = helix.get_games(ids=[each for each in due if is_id(each)], names=due)
            for name in due:
                self._asked_at[name] = now
                ids = frozenset(game.id for game in games if name.casefold() in (game.id, game.name.casefold()))
                self._ids |= {name: ids} if ids else {}
        return frozenset().union(*self._ids.values())

    def notes(self) -> dict[str, str]:
        """Return the names that Twitch does not know, with the reason."""
        return {name: UNKNOWN for name in self._names if name in self._asked_at and name not in self._ids}

    def _is_due(self, name: str, now: float) -> bool:
        return name not in self._asked_at or now - self._asked_at[name] >= ASK_AGAIN_SECONDS


def is_id(name: str) -> bool:
    """Return whether this may be a game's id."""
    return name.isascii() and name.isdecimal()
