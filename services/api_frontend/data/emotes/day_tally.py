"""Adds up minutes of emotes over many channels, in little memory: what is rare is forgotten when it gets crowded."""

from collections.abc import Iterable, Mapping
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

    uses: dict[int, int] = field(default_factory=dict)
    people: dict[int, int] = field(default_factory=dict)
    channels: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Add packed minutes of channels."""
        uses, people = self.uses, self.people
        for channel_id, packed in rows:
            row = MinuteRow(packed)
            own = self.channels.setdefault(channel_id, {})
            for emote_id, number in row.uses():
                uses[emote_id] = uses.get(emote_id, 0) + number
                own[emote_id] = own.get(emote_id, 0) + number
                if number > people.get(emote_id, 0):  # else it cannot be its busiest minute
                    people[emote_id] = max(row.people(emote_id), people.get(emote_id, 0))
            if len(own) > MOST_OF_CHANNEL:
                self.channels[channel_id] = half_of(own, MOST_OF_CHANNEL)
        if len(uses) > MOST_EMOTES:
            self.uses = half_of(uses, MOST_EMOTES)
            self.people = {emote_id: people[emote_id] for emote_id in self.uses}

    def merge(self, other: "Tally") -> None:
        """Add another tally."""
        for emote_id, number in other.uses.items():
            self.uses[emote_id] = self.uses.get(emote_id, 0) + number
            self.people[emote_id] = max(self.people.get(emote_id, 0), other.people.get(emote_id, 0))
        for channel_id, counts in other.channels.items():
            own = self.channels.setdefault(channel_id, {})
            for emote_id, number in counts.items():
                own[emote_id] = own.get(emote_id, 0) + number

    def first(self, most: int) -> list[Tallied]:
        """Return the most used emotes."""
        found = nlargest(most, self.uses.items(), key=lambda item: (item[1], -item[0]))
        return [
            Tallied(emote_id, uses, self.people.get(emote_id, 0), self._channel_of(emote_id))
            for emote_id, uses in found
        ]

    def _channel_of(self, emote_id: int) -> str:
        return max(self.channels, key=lambda channel_id: self.channels[channel_id].get(emote_id, 0))


def half_of(counts: Mapping[int, int], most: int) -> dict[int, int]:
    """Return half as many of the largest as there may be."""
    return dict(nlargest(most // 2, counts.items(), key=lambda item: item[1]))
