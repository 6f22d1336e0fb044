"""The names in force in a channel, kept in memory for the times that are asked about."""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from emote_catalogue.emote import GLOBAL, EmoteKey, ProviderName

Catalogue = tuple[str, ProviderName]  # scope and provider
FOREVER = 1 << 62  # ms
KEPT = 4_096  # channels with a period each
MOST_NAMES = 300_000  # in all periods, some 18 MB: 200 channels with a thousand emotes and more, or 2,000 with few
PRUNE_AFTER = 512  # periods read


class Names:
    """The emotes of a channel in a period in which nothing changed: from `from_at` until before `until_at` (ms).

    `unknown`: catalogues that had not been fetched then. Their emotes are not known, which is not the same as none.
    """

    __slots__ = ("emotes", "from_at", "unknown", "until_at")

    def __init__(
        self, emotes: Mapping[str, EmoteKey], unknown: tuple[Catalogue, ...], from_at: int, until_at: int = FOREVER
    ) -> None:
        self.emotes, self.unknown, self.from_at, self.until_at = emotes, unknown, from_at, until_at

    def holds(self, at_ms: int) -> bool:
        """Return whether the time is in the period."""
        return self.from_at <= at_ms < self.until_at

    def end(self, at_ms: int) -> None:
        """End the period at a change that comes into force at `at_ms`."""
        self.until_at = min(self.until_at, at_ms)


class NamesMemory:
    """Keeps the periods that were asked about last. `read(channel_id, at_ms)` makes the one of a time.

    At most `kept` periods with `most_names` names in all, but always the last one. The caller sees to it that `find`
    and `end` do not run at the same time.
    """

    def __init__(self, read: Callable[[str, int], Names], kept: int = KEPT, most_names: int = MOST_NAMES) -> None:
        self._read, self._limit, self._most_names = read, kept, most_names
        self._names = 0  # in all periods that are kept
        self._kept: OrderedDict[tuple[str, int], Names] = OrderedDict()
        self.latest: dict[str, Names] = {}  # by channel, the period asked about last; others may read it at any time

    def find(self, channel_id: str, at_ms: int) -> Names:
        """Return the channel's names at a time."""
        found = next((names for names in self._of(channel_id) if names.holds(at_ms)), None)
        names = found or self._read(channel_id, at_ms)
        key = (channel_id, names.from_at)
        replaced = self._kept.get(key)
        self._names += len(names.emotes) - (len(replaced.emotes) if replaced else 0)
        self._kept[key] = names
        self._kept.move_to_end(key)
        self.latest[channel_id] = names
        while len(self._kept) > 1 and (len(self._kept) > self._limit or self._names > self._most_names):
            self._drop_oldest()
        return names

    def _drop_oldest(self) -> None:
        (channel_id, _), dropped = self._kept.popitem(last=False)
        self._names -= len(dropped.emotes)
        if self.latest.get(channel_id) is dropped:
            del self.latest[channel_id]

    def end(self, scope: str, at_ms: int) -> None:
        """End the periods of a scope that are open at a change: all of them if the global emotes changed."""
        for (channel_id, _), names in self._kept.items():
            if scope in (GLOBAL, channel_id):
                names.end(at_ms)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._names = 0
        self.latest.clear()

    def periods(self) -> list[Names]:
        """Return what is kept."""
        return list(self._kept.values())

    def _of(self, channel_id: str) -> list[Names]:
        return [names for (channel, _), names in self._kept.items() if channel == channel_id]


class SharedStrings:
    """Names and keys as one object each: most emotes are in many channels. Forgets what no period has any more."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._keys: dict[EmoteKey, EmoteKey] = {}
        self._read = 0

    def mapping(self, rows: list[tuple[str, EmoteKey]]) -> dict[str, EmoteKey]:
        """Return the names with their keys; of two equal names the later counts."""
        names, keys = self._names, self._keys
        return {names.setdefault(name, name): keys.setdefault(key, key) for name, key in rows}

    def prune(self, periods: Callable[[], list[Names]]) -> None:
        """Count a period that was read, and now and then keep only what periods have."""
        self._read += 1
        if self._read % PRUNE_AFTER == 0:
            kept = [each.emotes for each in periods()]
            self._names = {name: name for emotes in kept for name in emotes}
            self._keys = {key: key for emotes in kept for key in emotes.values()}
