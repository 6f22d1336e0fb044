"""Counts plainly which emotes chat has, by the catalogues' versions in Postgres, and reads what was counted."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import psycopg

from contracts.chat_messages import Emote
from emote_counts.minute_row import MinuteRow

MINUTE_MS = 60_000
ORDER = ("ffz", "bttv", "7tv")  # who counts where several have a name, behind whether it is the channel's own
Key = tuple[str, str, str]  # provider, id, name
Cells = Counter[tuple[str, int, Key]]  # by channel and second
People = dict[tuple[str, int, Key], int]  # by channel and minute


class ChatLine(Protocol):
    """What is counted of a message."""

    @property
    def channel_id(self) -> str: ...
    @property
    def sent_at(self) -> int: ...
    @property
    def message_id(self) -> str: ...
    @property
    def chatter(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def emotes(self) -> Iterable[Emote]: ...


class Version(NamedTuple):
    """An emote under a name, in force from `came_at` until before `went_at`, ms."""

    scope: str
    provider: str
    emote_id: str
    came_at: int
    went_at: float


class Versions:
    """All versions in Postgres."""

    def __init__(self, dsn: str) -> None:
        self._by_name: dict[str, list[Version]] = defaultdict(list)
        with psycopg.connect(dsn) as connection:
            for name, *row, came_at, went_at in connection.execute(
                "SELECT name, scope, provider, emote_id, came_at, went_at FROM emote_versions"
            ):
                until = float("inf") if went_at is None else ms(went_at)
                self._by_name[name].append(Version(*row, ms(came_at), until))

    def of(self, name: str) -> list[Version]:
        """Return all versions under a name."""
        return self._by_name.get(name, [])

    def key(self, name: str, channel_id: str, at: int) -> Key | None:
        """Return what a name was in a channel at a time."""
        found = [v for v in self.of(name) if v.scope in (channel_id, "global") and v.came_at <= at < v.went_at]
        if not found:
            return None
        best = min(found, key=lambda each: (each.scope == "global", ORDER.index(each.provider)))
        return best.provider, best.emote_id, name


def ms(at: Any) -> int:
    return round(at.timestamp() * 1000)


def uses(line: ChatLine, versions: Versions) -> list[Key]:
    """Return the uses of a line: Twitch's, then whole words."""
    found, rest = [], line.text
    for emote in line.emotes:
        name = line.text[emote.start : emote.end + 1]
        found.append(("twitch", emote.id, name))
        rest = rest[: emote.start] + " " * len(name) + rest[emote.end + 1 :]
    words = (versions.key(word, line.channel_id, line.sent_at) for word in rest.split())
    return found + [key for key in words if key is not None]


def recount(lines: Iterable[ChatLine], versions: Versions) -> tuple[Cells, People]:
    """Count each message once."""
    cells: Cells = Counter()
    people: dict[tuple[str, int, Key], set[str]] = defaultdict(set)
    seen: set[str] = set()
    for line in lines:
        if line.message_id in seen:
            continue
        seen.add(line.message_id)
        for key in uses(line, versions):
            cells[line.channel_id, line.sent_at // 1000, key] += 1
            people[line.channel_id, line.sent_at // MINUTE_MS, key].add(line.chatter)
    return cells, {key: len(chatters) for key, chatters in people.items()}


def stored(dsn: str, until_ms: int) -> tuple[Cells, People]:
    """Return every cell of the closed minutes in Postgres that begin before a time."""
    cells: Cells = Counter()
    people: People = {}
    with psycopg.connect(dsn) as connection:
        keys: dict[int, Key] = {
            row[0]: (row[1], row[2], row[3])
            for row in connection.execute("SELECT emote_id, provider, provider_id, name FROM emotes")
        }
        rows = connection.execute(
            "SELECT channel_id, minute_at, packed FROM emote_minutes WHERE is_closed AND minute_at < to_timestamp(%s)",
            (until_ms / 1000,),
        ).fetchall()
    for channel_id, minute_at, packed in rows:
        start = int(minute_at.timestamp())
        for emote_id, found in MinuteRow(packed):
            people[channel_id, start // 60, keys[emote_id]] = found.people
            for second, number in found.seconds:
                cells[channel_id, start + second, keys[emote_id]] += number
    return cells, people
