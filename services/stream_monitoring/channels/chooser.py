"""Keep the list of watched channels: one instance asks Helix and writes it, the others read it."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from service_runtime.postgres import PostgresAwayError
from stream_monitoring.channels.choice import Candidate, Choice, ChoiceRules, Watched, choose
from stream_monitoring.privacy.opt_outs import OptOutList, OptOuts
from twitch_access.errors import TwitchError
from twitch_access.helix import Helix

log = structlog.get_logger()

SOON_SECONDS = 2.0  # until chat has reported the ids of the pinned channels


class ChannelList(Protocol):
    """Where a list is kept."""

    def read(self) -> Choice:
        """Return the list."""

    def write(self, choice: Choice) -> None:
        """Replace the list."""


@dataclass(frozen=True, slots=True)
class ChooserOptions:
    """`decides`: this instance chooses; the others only read. It chooses every `choose_seconds`."""

    pinned: tuple[str, ...]
    rules: ChoiceRules
    decides: bool
    choose_seconds: float


class Chooser:
    """A worker that keeps the list up to date. An opted-out channel is never on it, whatever lists and settings say."""

    def __init__(
        self,
        *,
        options: ChooserOptions,
        helix: Helix | None,
        shared: ChannelList | None,
        copy: ChannelList,
        watch: Callable[[set[str]], None],
        ids_from_chat: Callable[[], Mapping[str, str]],
        opt_outs: OptOuts,
        erase: Callable[[OptOutList], None],
    ) -> None:
        """`watch` gets the logins, `erase` the opt-outs; `ids_from_chat` returns login to channel id."""
        self._options = options
        self._helix = helix
        self._shared = shared
        self._copy = copy
        self._watch = watch
        self._ids_from_chat = ids_from_chat
        self._erase = erase
        self._pinned: dict[str, str] = {}
        self.opt_outs = opt_outs
        self.choice: Choice = {}

    def run(self, stop: threading.Event) -> None:
        """Choose again and again until `stop`."""
        self.start()
        wait = SOON_SECONDS
        while not stop.wait(wait):
            self.choose_once()
            wait = self._options.choose_seconds if self._all_pinned_known() else SOON_SECONDS

    def start(self) -> None:
        """Watch the last list and the pinned channels before Twitch or Postgres is asked."""
        before = self._copy.read()
        if not self._options.decides or self._helix is not None:
            self.choice = {key: each for key, each in before.items() if each.reason == "top"}
        self._apply()

    def choose_once(self) -> None:
        """Update the list; keep it if Twitch or Postgres does not answer."""
        try:
            self.opt_outs.refresh()
            self.choice = self._decide() if self._options.decides else self._read()
        except (TwitchError, PostgresAwayError) as error:
            log.warning("chooser: list not updated, keeping the last one", why=str(error))
        else:
            self._copy.write(self.choice)
        self._apply()

    def _apply(self) -> None:
        self.choice = self._allowed(self.choice)
        pinned = set(self._options.pinned) if self._options.decides or self._shared is None else set()
        ids = {**self._ids_from_chat(), **{login: channel_id for channel_id, login in self._pinned.items()}}
        pinned = {login for login in pinned if not self.opt_outs.excludes(ids.get(login), login)}
        self._watch(pinned | {each.login for each in self.choice.values()})
        self._erase(self.opt_outs.statuses)

    def _allowed(self, choice: Choice) -> Choice:
        return {key: each for key, each in choice.items() if not self.opt_outs.excludes(key, each.login)}

    def _all_pinned_known(self) -> bool:
        return len(self._pinned) >= len(self._options.pinned) or not self._options.decides

    def _read(self) -> Choice:
        return self._shared.read() if self._shared is not None else self.choice

    def _decide(self) -> Choice:
        self._learn_pinned_ids()
        candidates = self._candidates()
        pinned = {key: login for key, login in self._pinned.items() if not self.opt_outs.excludes(key, login)}
        choice = choose(self._allowed(self.choice), candidates, pinned, self._options.rules)
        if self._shared is not None:
            self._shared.write(choice)
        return choice

    def _learn_pinned_ids(self) -> None:
        ids = self._ids_from_chat()
        known = set(self._pinned.values())
        unknown = [login for login in self._options.pinned if login not in known]
        self._pinned |= {ids[login]: login for login in unknown if login in ids}
        if self._helix is not None and unknown:
            self._pinned |= {user.id: user.login for user in self._helix.get_users(logins=unknown)}

    def _candidates(self) -> list[Candidate]:
        rules = self._options.rules
        if self._helix is None or rules.top == 0:
            return []
        games = [game for game in rules.games if game.isdigit()]
        names = [game for game in rules.games if not game.isdigit()]
        games += [game.id for game in self._helix.get_games(names=names)] if names else []
        streams = self._helix.get_top_streams(rules.ranks_needed, games, sorted(rules.languages))
        return [
            Candidate(
                channel_id=stream.user_id,
                login=stream.user_login,
                viewers=stream.viewer_count,
                game_id=stream.game_id,
                game_name=stream.game_name,
                language=stream.language,
            )
            for stream in streams
            if not self.opt_outs.excludes(stream.user_id, stream.user_login)
        ]


def watched_ids(choice: Mapping[str, Watched], ids_from_chat: Mapping[str, str], opt_outs: OptOuts) -> list[str]:
    """Return the ids of all channels on the list or known from chat, which remembers channels that were left."""
    return sorted(each for each in set(choice) | set(ids_from_chat.values()) if not opt_outs.excludes(each, ""))
