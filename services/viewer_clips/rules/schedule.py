"""Whose clips are asked for now: what is new first, then what an outage left open, then all of it once more."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from viewer_clips.rules.span import Span

HOUR_MS = 3_600_000
OVERLAP_MS = HOUR_MS  # clips appear late, and their second of the recording later: so much is asked for again each time
TAIL_MS = HOUR_MS  # after a channel is watched no more, clips of it still appear
FRONT_MS = 2 * HOUR_MS  # an older end of what is known becomes a gap, and what is new goes on before it
PIECE_MS = 6 * HOUR_MS  # of a gap or of a day, at once
BACK_MS = 30 * 24 * HOUR_MS  # older clips matter to nobody
Kind = Literal["new", "gap", "again"]
Turn = tuple[Kind, str]  # of a channel


class Pace(NamedTuple):
    """All in ms. `live`, `idle`: between two questions about a channel that is on, or not.

    `again`: how old clips are when they are asked for the second time, so many ms of them (`again_span`) at once.
    """

    live: int = 300_000
    idle: int = HOUR_MS
    again: int = 24 * HOUR_MS
    again_span: int = HOUR_MS


class Channel(NamedTuple):
    """What is known of a channel's clips: all until `asked_until`, and for good until `again_until`.

    `since`: when it was first watched. `left_at`: since when it is not watched any more; None while it is.
    """

    channel_id: str
    since: int
    asked_until: int
    again_until: int
    left_at: int | None
    is_live: bool

    def end(self, now: int) -> int:
        """Return up to when its clips are asked for."""
        return now if self.left_at is None else min(now, self.left_at + TAIL_MS)

    @property
    def is_over(self) -> bool:
        """Return whether nothing more will be asked."""
        return self.left_at is not None and self.again_until >= self.left_at + TAIL_MS


class Gap(NamedTuple):
    """Clips that nobody asked for, as while the service was away."""

    channel_id: str
    span: Span


class Job(NamedTuple):
    """The clips of `span` are told. `context`: what is asked for, so that a maker's earlier clips are known."""

    kind: Kind
    channel_id: str
    span: Span
    context: Span

    @property
    def turn(self) -> Turn:
        """Return what rests where it fails."""
        return self.kind, self.channel_id


def split_front(channel: Channel, now: int) -> tuple[int, Gap | None]:
    """Return from where on the channel's new clips are asked for, and the gap before it, if it is too far back."""
    end = channel.end(now)
    if end - channel.asked_until <= FRONT_MS:
        return channel.asked_until, None
    begin = end - OVERLAP_MS
    since = max(channel.since, channel.asked_until - OVERLAP_MS, now - BACK_MS)
    return begin, Gap(channel.channel_id, Span(since, begin)) if since < begin else None


def next_job(
    channels: Iterable[Channel], gaps: Iterable[Gap], resting: Mapping[Turn, float], now: int, pace: Pace
) -> Job | None:
    """Return what is to be asked now; None if nothing is due. `resting`: until when (ms) something is left alone."""
    known = list(channels)

    def awake(kind: Kind, channel_id: str) -> bool:
        return resting.get((kind, channel_id), 0) <= now

    return (
        _newest([each for each in known if awake("new", each.channel_id)], now, pace)
        or _gap([each for each in gaps if awake("gap", each.channel_id)])
        or _again([each for each in known if awake("again", each.channel_id)], now, pace)
    )


def _newest(channels: list[Channel], now: int, pace: Pace) -> Job | None:
    """Return the channel that has waited longest, by its own pace."""

    def waited(channel: Channel) -> float:
        if channel.asked_until >= channel.end(now):
            return 0.0
        return (now - channel.asked_until) / (pace.live if channel.is_live else pace.idle)

    first = max(channels, key=waited, default=None)
    if first is None or waited(first) < 1:
        return None
    span = Span(max(first.since, first.asked_until - OVERLAP_MS), first.end(now))
    return Job("new", first.channel_id, span, span)


def _gap(gaps: list[Gap]) -> Job | None:
    """Return the latest piece: yesterday matters more than last week."""
    latest = max(gaps, key=lambda each: each.span.until_at, default=None)
    if latest is None:
        return None
    span = Span(max(latest.span.from_at, latest.span.until_at - PIECE_MS), latest.span.until_at)
    return Job("gap", latest.channel_id, span, Span(span.from_at - OVERLAP_MS, span.until_at))


def _again(channels: list[Channel], now: int, pace: Pace) -> Job | None:
    """Return the oldest clips that are old enough, more of them at once where many are."""

    def end(channel: Channel) -> int:
        return min(now - pace.again, channel.end(now))

    def is_due(channel: Channel) -> bool:
        waiting = end(channel) - channel.again_until
        is_last = channel.left_at is not None and end(channel) == channel.left_at + TAIL_MS
        return waiting >= pace.again_span or (is_last and waiting > 0)

    oldest = min(filter(is_due, channels), key=lambda each: each.again_until, default=None)
    if oldest is None:
        return None
    begin = max(oldest.again_until, now - BACK_MS)
    span = Span(begin, begin + min(end(oldest) - begin, PIECE_MS))
    return Job("again", oldest.channel_id, span, Span(span.from_at - PIECE_MS, span.until_at))
