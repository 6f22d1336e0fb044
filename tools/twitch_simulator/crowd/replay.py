"""Replays recorded chat, the lines of NAME.jsonl.gz, in a channel at any speed."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import Channel
from twitch_simulator.crowd.chatters import Audience, Chatter, make_chatter
from twitch_simulator.crowd.emotes import emotes_tag
from twitch_simulator.crowd.texts import ChatText

Recording = list[tuple[float, int, str]]  # seconds, user, text of each line

MAX_LOGIN = 25  # characters, Twitch's limit
MAX_TEXT = 500  # characters, Twitch's limit


def login_of(name: str) -> str:
    """Return the login of a recording's channel: `kappa-108244967` becomes `kappa_108244967`."""
    return re.sub(r"[^a-z0-9_]", "_", name.lower())[:MAX_LOGIN]


def recorded_channel(name: str) -> Channel:
    """Return the channel for a recording's replay; it has its own id and is always live."""
    rng = Random(f"replay:{name}")
    return Channel(
        login=login_of(name), channel_id=str(rng.randrange(100_000_000, 200_000_000)), display_name=login_of(name),
        language="en", game_id="509658", title=f"Replay of {name}", weight=0.0, viewers=rng.randrange(500, 9000),
        audience=Audience(0, 1), live_from_hour=0.0, live_hours=24.0, created_at=1_500_000_000_000,
    )  # fmt: skip


def read_recording(path: Path) -> Recording:
    """Return (seconds, user, text) of each line. Raises OSError without the file, ValueError for an invalid line."""
    lines = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                row = json.loads(line)
                lines.append((float(row["t"]), int(row["user"]), str(row["text"])))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}, line {number}: not a chat line ({error})") from error
    return lines


def spread(lines: Recording) -> Iterator[tuple[float, int, str]]:
    """Yield the lines in order of time; lines with whole seconds are spread evenly over their second."""
    seconds: dict[int, Recording] = defaultdict(list)
    for line in lines:
        seconds[int(line[0])].append(line)
    for second in sorted(seconds):
        of_second = seconds[second]
        whole = all(at == second for at, _, _ in of_second)
        ordered = of_second if whole else sorted(of_second, key=lambda line: line[0])
        for number, (at, user, text) in enumerate(ordered):
            yield (second + number / len(of_second) if whole else at), user, text


class Replay:
    """A source of a recording's messages; it starts when the channel first has a listener."""

    def __init__(self, channel: Channel, lines: Recording, speed: float, has_listeners: Callable[[], bool]) -> None:
        self.channel = channel
        self.sent = 0
        self.total = len(lines)
        self._lines = spread(lines)
        self._speed, self._has_listeners = speed, has_listeners
        self._started_at: int | None = None
        self._next: PlannedMessage | None = None
        self._chatters: dict[int, Chatter] = {}

    @property
    def ended(self) -> bool:
        """Return whether all lines were returned."""
        return self.sent == self.total

    def due(self, until: int) -> list[PlannedMessage]:
        """Return the messages before `until` (ms) that were not returned before."""
        if self._started_at is None:
            if not self._has_listeners():
                return []
            self._started_at = until
        messages = []
        while (message := self._next or self._plan_next()) is not None and message.at < until:
            messages.append(message)
            self._next = None
            self.sent += 1
        self._next = message
        return messages

    def _plan_next(self) -> PlannedMessage | None:
        line = next(self._lines, None)
        if line is None or self._started_at is None:
            return None
        at, user, text = line
        clean = " ".join(text.split())[:MAX_TEXT]
        planned_at = self._started_at + int(at * 1000 / self._speed)
        return PlannedMessage(planned_at, self.channel, self._chatter(user), ChatText(clean, emotes_tag(clean)))

    def _chatter(self, user: int) -> Chatter:
        if user not in self._chatters:
            rng = Random(f"{self.channel.login}:{user}")
            user_id = str(1_000_000_000 + int(self.channel.channel_id) % 10_000 * 100_000 + user)
            self._chatters[user] = make_chatter(user_id, f"viewer{user}", f"Viewer{user}", rng)
        return self._chatters[user]
