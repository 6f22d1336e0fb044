"""A stream by the minute: messages, people in the loudest second, and seconds that nobody read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from emote_counts.gaps import Span, seconds_in

MINUTE_MS = 60_000
MINUTE_SECONDS = 60
MOST_UNREAD = 0.5  # of a silent step; above it nobody knows whether it was silent
STEPS = (1, 2, 3, 5, 10, 15, 20, 30)  # minutes that are drawn as one point
LARGEST = 32_767  # smallint


class CountedMinute(NamedTuple):
    """What chat-counts said of a minute that begins at `at` (ms)."""

    at: int
    messages: int
    people: int


@dataclass(frozen=True)
class Minutes:
    """One number for each minute from `from_at` (ms) on; the three have the same length."""

    from_at: int
    messages: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    unread: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.messages)

    @property
    def until_at(self) -> int:
        """The end of the last minute."""
        return self.from_at + MINUTE_MS * len(self)

    def and_then(self, later: "Minutes") -> "Minutes":
        """Return these with later ones, which begin where these end or leave out what nobody knows."""
        missing = max(0, (later.from_at - self.until_at) // MINUTE_MS)
        skipped = max(0, (self.until_at - later.from_at) // MINUTE_MS)
        return Minutes(
            self.from_at,
            self.messages + (0,) * missing + later.messages[skipped:],
            self.people + (0,) * missing + later.people[skipped:],
            self.unread + (MINUTE_SECONDS,) * missing + later.unread[skipped:],
        )

    def in_steps(self, minutes: int) -> "Steps":
        """Add up every so many minutes; the last step may have fewer."""
        starts = range(0, len(self), minutes)
        parts = [slice(start, start + minutes) for start in starts]
        return Steps(
            from_at=self.from_at,
            step_ms=minutes * MINUTE_MS,
            messages=tuple(sum(self.messages[part]) for part in parts),
            people=tuple(
                drawn(max(self.people[part]), sum(self.unread[part]), MINUTE_SECONDS * len(self.people[part]))
                for part in parts
            ),
        )

    def at_most(self, points: int) -> "Steps":
        """Add up in the shortest steps that are at most so many."""
        return self.in_steps(step_for(len(self), points))

    def without_unread_end(self) -> "Minutes":
        """Return these up to the last minute that was read."""
        end = len(self)
        while end and drawn(self.people[end - 1], self.unread[end - 1], MINUTE_SECONDS) is None:
            end -= 1
        return Minutes(self.from_at, self.messages[:end], self.people[:end], self.unread[:end])


@dataclass(frozen=True)
class Steps:
    """Messages of each step and people in its loudest second; None: nobody read it."""

    from_at: int
    step_ms: int
    messages: tuple[int, ...]
    people: tuple[int | None, ...]

    @property
    def until_at(self) -> int:
        """The end of the last step."""
        return self.from_at + self.step_ms * len(self.people)


def drawn(people: int, unread_seconds: int, seconds: int) -> int | None:
    """Return what is drawn: who wrote was read, and silence counts where more than half was read."""
    return None if not people and unread_seconds > MOST_UNREAD * seconds else people


def first_minute(at: int) -> int:
    """Return the start of the minute of a time (ms)."""
    return at // MINUTE_MS * MINUTE_MS


def minutes_of(counted: Iterable[CountedMinute], read: Sequence[Span], from_at: int, until_at: int) -> Minutes:
    """Put counted minutes in their places from the minute of `from_at` up to that of `until_at`.

    `read`: when the channel was read (ms). A minute without counts is silent, or it was not read.
    """
    begin = first_minute(from_at)
    length = max(0, -(-(until_at - begin) // MINUTE_MS))
    messages, people = [0] * length, [0] * length
    for each in counted:
        place = (each.at - begin) // MINUTE_MS
        if 0 <= place < length:
            messages[place] = max(messages[place], each.messages)
            people[place] = min(max(people[place], each.people), LARGEST)
    seconds = seconds_in(list(read), begin, MINUTE_MS, length)
    unread = tuple(max(0, min(MINUTE_SECONDS, round(MINUTE_SECONDS - each))) for each in seconds)
    return Minutes(begin, tuple(messages), tuple(people), unread)


def step_for(minutes: int, most: int) -> int:
    """Return the shortest step (minutes) that draws so many minutes in at most `most` points."""
    return next((step for step in STEPS if -(-minutes // step) <= most), STEPS[-1])


def unread_spans(minutes: Minutes) -> list[tuple[int, int]]:
    """Return the stretches of minutes of which nobody read most, from and until (ms)."""
    found: list[tuple[int, int]] = []
    for number, unread in enumerate(minutes.unread):
        if unread <= MOST_UNREAD * MINUTE_SECONDS:
            continue
        begin = minutes.from_at + number * MINUTE_MS
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], begin + MINUTE_MS)
        else:
            found.append((begin, begin + MINUTE_MS))
    return found
