"""Adds up minutes of emotes over many channels, in little memory: what is rare is forgotten when it gets crowded."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest

from emote_counts.minute_row import MinuteRow

MOST_EMOTES = 20_000  # of all channels together, about 2 MB; the first hundred are right whatever is forgotten
MOST_OF_CHANNEL = 300


@dataclass(frozen=True)
class Tallied:
    """An emote of all channels: its uses, the people of its busiest minute, and where it was used most."""

    emote_id: int
    uses: int
    people: int
    channel_id: str


@dataclass
class Tally:
    """Uses by emote, of all channels and of each."""

    uses: Counter[int] = field(default_factory=Counter)
    people: dict[int, int] = field(default_factory=dict)
    channels: dict[str, Counter[int]] = field(default_factory=dict)

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add packed minutes of channels."""
        for channel_id, packed in rows:
            row = MinuteRow(packed)
            own = self.channels.setdefault(channel_id, Counter())
            for emote_id, number in row.uses():
                self.uses[emote_id] += number
                own[emote_id] += number
                if number > self.people.get(emote_id, 0):  # else it cannot be its busiest minute
                    self.people[emote_id] = max(row.people(emote_id), self.people.get(emote_id, 0))
            if len(own) > MOST_OF_CHANNEL:
                self.channels[channel_id] = half_of(own, MOST_OF_CHANNEL)
        if len(self.uses) > MOST_EMOTES:
            self.uses = half_of(self.uses, MOST_EMOTES)
            self.people = {emote_id: self.people[emote_id] for emote_id in self.uses}

    def first(self, most: int) -> list[Tallied]:
        """Return the most used emotes."""
        found = nlargest(most, self.uses.items(), key=lambda item: (item[1], -item[0]))
        return [
            Tallied(emote_id, uses, self.people.get(emote_id, 0), self._channel_of(emote_id))
            for emote_id, uses in found
        ]

    def _channel_of(self, emote_id: int) -> str:
        return max(self.channels, key=lambda channel_id: self.channels[channel_id].get(emote_id, 0))


def half_of(counts: Counter[int], most: int) -> Counter[int]:
    """Return half as many of the largest as there may be."""
    return Counter(dict(nlargest(most // 2, counts.items(), key=lambda item: item[1])))
