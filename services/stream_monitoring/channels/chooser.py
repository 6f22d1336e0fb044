"""Keep the list of watched channels: one instance asks Helix and writes it, the others read it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from contracts import metrics
from contracts.channel_names import ChannelName
from service_runtime.measures import measure
from service_runtime.postgres import PostgresAwayError
from stream_monitoring.channels.choice import Candidate, Choice, ChoiceRules, Watched, choose
from stream_monitoring.channels.games import Games
from stream_monitoring.channels.pinned import PinnedChannels
from stream_monitoring.channels.pinned_file import PinnedFile
from stream_monitoring.privacy.opt_outs import OptOutList, OptOuts
from twitch_access.doubt import Doubt
from twitch_access.errors import TwitchError
from twitch_access.helix import Helix

log = structlog.get_logger()

LOOK_SECONDS = 2.0  # between two looks at what chat has reported
ASK_SOON_SECONDS = 10.0  # after a list of streams that is doubted
DOUBT_SECONDS = 300.0  # after which a nearly empty list of streams is believed


class ChannelList(Protocol):
    """Where a list is kept."""

    def read(self) -> Choice:
        """Return the list."""

    def write(self, choice: Choice) -> None:
        """Replace the list."""


@dataclass(frozen=True, slots=True)
class ChooserOptions:
    """`decides`: this instance chooses; the others only read. It chooses every `choose_seconds`.

    `games`: names or ids as Twitch writes them, empty for all. A nearly empty list of streams is doubted for
    `doubt_seconds`.
    """

    pinned: tuple[ChannelName, ...]
    rules: ChoiceRules
    decides: bool
    choose_seconds: float
    games: tuple[str, ...] = ()
    doubt_seconds: float = DOUBT_SECONDS


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
        hears_chat: Callable[[], bool],
        opt_outs: OptOuts,
        erase: Callable[[OptOutList], None],
        clock: Callable[[], float] = time.monotonic,
        pinned_file: PinnedFile | None = None,
    ) -> None:
        """`watch` gets the logins, `erase` the opt-outs; `ids_from_chat` returns login to channel id.

        `hears_chat`: whether chat answers.
        """
        self._options = options
        self._helix = helix
        self._shared = shared
        self._copy = copy
        self._watch = watch
        self._ids_from_chat = ids_from_chat
        self._hears_chat = hears_chat
        self._erase = erase
        self._clock = clock
        uses_pinned = options.decides or shared is None
        self._pinned = PinnedChannels(options.pinned if uses_pinned else (), pinned_file if helix else None)
        self._games = Games(options.games)
        self._doubt = Doubt(options.doubt_seconds)
        self._told: dict[str, str] = {}
        self._next_choice_at = 0.0
        self.opt_outs = opt_outs
        self.choice: Choice = {}

    def run(self, stop: threading.Event) -> None:
        """Choose again and again until `stop`; at once where chat has told the id of a pinned channel."""
        self.start()
        while not stop.wait(min(LOOK_SECONDS, self._options.choose_seconds)):
            if self._hears_chat():
                self._pinned.hear_chat(self._clock())
            has_news = self._pinned.learn_from_chat(self._ids_from_chat())
            if has_news or self._clock() >= self._next_choice_at:
                self.choose_once()
            self._tell()

    def start(self) -> None:
        """Watch the last list and the pinned channels before Twitch or Postgres is asked."""
        before = self._copy.read()
        if not self._options.decides or self._helix is not None:
            self.choice = {key: each for key, each in before.items() if each.reason == "top"}
        self._apply()

    def choose_once(self) -> None:
        """Update the list; keep it if Twitch or Postgres does not answer."""
        self._next_choice_at = self._clock() + self._options.choose_seconds
        try:
            self.opt_outs.refresh()
            self.choice = self._decide() if self._options.decides else self._read()
        except (TwitchError, PostgresAwayError) as error:
            log.warning("chooser: list not updated, keeping the last one", why=str(error))
        else:
            self._copy.write(self.choice)
        self._apply()

    def notes(self) -> dict[str, str]:
        """Return what an operator named and is not watched, with the reason, for /ready."""
        return self._pinned_notes() | self._game_notes()

    def _pinned_notes(self) -> dict[str, str]:
        found = self._pinned.notes(self.opt_outs, self._helix is not None, self._clock())
        return {f"pinned channel {name}": reason for name, reason in found.items()}

    def _game_notes(self) -> dict[str, str]:
        return {f"game {name}": reason for name, reason in self._games.notes().items()}

    def _tell(self) -> None:
        """Log each note once, and measure how many there are."""
        notes: dict[str, str] = {}
        for found, tell in ((self._pinned_notes(), log.warning), (self._game_notes(), log.error)):
            for name, reason in found.items():
                if self._told.get(name) != reason:
                    tell(f"{name}: {reason}")
            notes |= found
        self._told = notes
        measure(metrics.NAMED_UNKNOWN).set(len(notes))

    def _apply(self) -> None:
        self.choice = self._allowed(self.choice)
        self._watch(self._pinned.logins(self.opt_outs) | {each.login for each in self.choice.values()})
        self._erase(self.opt_outs.statuses)

    def _allowed(self, choice: Choice) -> Choice:
        return {key: each for key, each in choice.items() if not self.opt_outs.excludes(key, each.login)}

    def _read(self) -> Choice:
        return self._shared.read() if self._shared is not None else self.choice

    def _decide(self) -> Choice:
        self._pinned.learn_from_chat(self._ids_from_chat())
        if self._helix is not None:
            self._pinned.ask(self._helix, self._clock())
        pinned, rules = self._pinned.channels(self.opt_outs), self._options.rules
        present = self._allowed(self.choice)
        candidates = self._candidates()
        if self._is_doubtful(present, candidates):
            top = {key: each for key, each in present.items() if each.reason == "top" and key not in pinned}
            choice = top | {key: Watched(login, "pinned") for key, login in pinned.items()}
        else:
            choice = choose(present, candidates, pinned, rules, self._clock())
        if self._shared is not None:
            self._shared.write(choice)
        return choice

    def _is_doubtful(self, present: Choice, candidates: list[Candidate]) -> bool:
        """Return whether the list of streams is too short to be believed yet; then it is asked for again soon."""
        ran = sum(each.reason == "top" and each.missing_since is None for each in present.values())
        expected = min(ran, self._options.rules.top) if self._helix is not None else 0
        if not self._doubt.doubts(expected, len(candidates), self._clock()):
            return False
        log.warning("chooser: Twitch lists hardly any stream, keeping the last list", ran=ran, listed=len(candidates))
        self._next_choice_at = min(self._next_choice_at, self._clock() + ASK_SOON_SECONDS)
        return True

    def _candidates(self) -> list[Candidate]:
        rules = self._options.rules
        if self._helix is None or rules.top == 0:
            return []
        games = self._games.ask(self._helix, self._clock())
        if self._games and not games:
            return []  # no game is known: the filter admits nobody
        streams = self._helix.get_top_streams(rules.ranks_needed, sorted(games), sorted(rules.languages))
        return [
            Candidate(
                channel_id=stream.user_id,
                login=stream.user_login.lower(),
                viewers=stream.viewer_count,
                language=stream.language,
            )
            for stream in streams
            if not self.opt_outs.excludes(stream.user_id, stream.user_login) and (not games or stream.game_id in games)
        ]


def watched_ids(choice: Mapping[str, Watched], ids_from_chat: Mapping[str, str], opt_outs: OptOuts) -> list[str]:
    """Return the ids of all channels on the list or known from chat, which remembers channels that were left."""
    return sorted(each for each in set(choice) | set(ids_from_chat.values()) if not opt_outs.excludes(each, ""))
