"""The one chooser: asks Helix who is live, writes the list; the other instances read it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from service_runtime.postgres import PostgresAwayError
from stream_monitoring.channels.choice import Candidate, Choice, Rules, Watched, choose
from stream_monitoring.privacy.opt_outs import OptOuts, Words
from twitch_access.errors import TwitchError
from twitch_access.helix import Helix

log = structlog.get_logger()

SOON_SECONDS = 2.0  # until the rooms have told their ids


class ChannelList(Protocol):
    """Where a list is kept."""

    def read(self) -> Choice:
        """The list."""

    def write(self, choice: Choice) -> None:
        """Replace the list."""


@dataclass(frozen=True, slots=True)
class ChooserOptions:
    """`decides`: this instance is the chooser; the others only read. A choice every `choose_seconds`."""

    pinned: tuple[str, ...]
    rules: Rules
    decides: bool
    choose_seconds: float


class Chooser:
    """A worker. `apply` gets the logins to watch; `rooms()` tells the ids that chat has told (login to id).

    Who has opted out is never chosen nor watched, whatever a list or a setting says; `forget` gets their list.
    """

    def __init__(
        self,
        options: ChooserOptions,
        helix: Helix | None,
        shared: ChannelList | None,
        copy: ChannelList,
        apply: Callable[[set[str]], None],
        rooms: Callable[[], Mapping[str, str]],
        opt_outs: OptOuts,
        forget: Callable[[Words], None],
    ) -> None:
        self._options = options
        self._helix = helix
        self._shared = shared
        self._copy = copy
        self._apply = apply
        self._rooms = rooms
        self.opt_outs = opt_outs
        self._forget = forget
        self._pinned: dict[str, str] = {}
        self.choice: Choice = {}

    def run(self, stop: threading.Event) -> None:
        """Choose again and again until `stop`."""
        self.start()
        wait = SOON_SECONDS
        while not stop.wait(wait):
            self.choose_once()
            wait = self._options.choose_seconds if self._all_pinned_known() else SOON_SECONDS

    def start(self) -> None:
        """Watch what was watched before, and what is pinned, before anybody is asked."""
        before = self._copy.read()
        if not self._options.decides or self._helix is not None:
            self.choice = {key: each for key, each in before.items() if each.reason == "top"}
        self._watch()

    def choose_once(self) -> None:
        """One round; whoever does not answer leaves the list as it is."""
        try:
            self.opt_outs.refresh()
            self.choice = self._decide() if self._options.decides else self._read()
        except (TwitchError, PostgresAwayError) as error:
            log.warning("chooser: the list stays as it is", why=str(error))
        else:
            self._copy.write(self.choice)
        self._watch()

    def _watch(self) -> None:
        self.choice = self._allowed(self.choice)
        pinned = set(self._options.pinned) if self._options.decides or self._shared is None else set()
        rooms = {**self._rooms(), **{login: channel_id for channel_id, login in self._pinned.items()}}
        pinned = {login for login in pinned if not self.opt_outs.holds(rooms.get(login), login)}
        self._apply(pinned | {each.login for each in self.choice.values()})
        self._forget(self.opt_outs.words)

    def _allowed(self, choice: Choice) -> Choice:
        return {key: each for key, each in choice.items() if not self.opt_outs.holds(key, each.login)}

    def _all_pinned_known(self) -> bool:
        return len(self._pinned) >= len(self._options.pinned) or not self._options.decides

    def _read(self) -> Choice:
        return self._shared.read() if self._shared is not None else self.choice

    def _decide(self) -> Choice:
        self._learn_pinned()
        candidates = self._candidates()
        pinned = {key: login for key, login in self._pinned.items() if not self.opt_outs.holds(key, login)}
        choice = choose(self._allowed(self.choice), candidates, pinned, self._options.rules)
        if self._shared is not None:
            self._shared.write(choice)
        return choice

    def _learn_pinned(self) -> None:
        rooms = self._rooms()
        known = set(self._pinned.values())
        unknown = [login for login in self._options.pinned if login not in known]
        self._pinned |= {rooms[login]: login for login in unknown if login in rooms}
        if self._helix is not None and unknown:
            self._pinned |= {user.id: user.login for user in self._helix.get_users(logins=unknown)}

    def _candidates(self) -> list[Candidate]:
        rules = self._options.rules
        if self._helix is None or rules.top == 0:
            return []
        games = [game for game in rules.games if game.isdigit()]
        names = [game for game in rules.games if not game.isdigit()]
        games += [game.id for game in self._helix.get_games(names=names)] if names else []
        streams = self._helix.get_top_streams(rules.looked_at, games, sorted(rules.languages))
        allowed = [each for each in streams if not self.opt_outs.holds(each.user_id, each.user_login)]
        return [Candidate(s.user_id, s.user_login, s.viewer_count, s.game_id, s.game_name, s.language) for s in allowed]


def watched_ids(choice: Mapping[str, Watched], rooms: Mapping[str, str], opt_outs: OptOuts) -> list[str]:
    """The ids of everything that is watched: from the list, and from chat, which remembers rooms that were left."""
    return sorted(each for each in set(choice) | set(rooms.values()) if not opt_outs.holds(each, ""))
