"""A moment as editors look at it: where it is in the video, how rare, and what the crowd wrote."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from chat_analysis.moments import seconds_from_start
from chat_analysis.recording import START, Recording
from contracts.moment_words import cause_words, no_clip_words
from contracts.moments import Moment
from highlight_exports.ranges import SHORTEST_SECONDS, Range
from moment_detection.lead import lead, numbers, people_text, times_text

HOUR, MINUTE = 3600, 60
LEAST_MINUTES = 10  # "biggest in 2 min" says nothing
WRITTEN = 6  # emotes and words that are shown
CURVE_POINTS = 600
DRAWN_OUT = re.compile(r"(.)\1{4,}")  # a letter five times or more: people hold the key


class Video(NamedTuple):
    """The recording's video. `offset`: seconds of the video at which the chat's second 0 is. `id`: on Twitch."""

    offset: float = 0.0
    id: str | None = None
    file: str = "video.mp4"

    def link(self, seconds: float) -> str | None:
        """Return the address of a second of the video; None if the video is not known."""
        if not self.id:
            return None
        hours, rest = divmod(max(0, int(seconds)), HOUR)
        return f"https://www.twitch.tv/videos/{self.id}?t={hours}h{rest // MINUTE}m{rest % MINUTE}s"


class Highlight(NamedTuple):
    """One moment; times are the video's seconds. `rank`: 1 is the highest. `why_not`: why no clip would be made."""

    rank: int
    at: float
    start: float
    end: float
    title: str
    people: str
    people_short: str
    rarity: str
    written: list[tuple[str, int]]
    cause: str
    why_not: str
    link: str | None
    moment: Moment

    @property
    def is_reaction(self) -> bool:
        """Return whether the crowd reacted to the stream: a raid, a vote and the like are no highlights."""
        return self.moment.no_clip_reason != "cause"

    def wrote(self) -> str:
        """List what people wrote, with how many did."""
        return ", ".join(f"{name} {count}" for name, count in self.written)

    def range(self) -> Range:
        """Return the part that a clip shows."""
        return Range(
            title=self.title,
            start=self.start,
            end=self.end,
            peak=self.at,
            note="; ".join(filter(None, (self.people, self.wrote(), self.rarity))),
            mood=self.moment.mood,
            score=self.moment.score,
            link=self.link,
        )


class Report(NamedTuple):
    """All of one recording. `curve`: messages of each `step` of `length` seconds, from the video's `curve_from`."""

    recording: Recording
    video: Video
    highlights: list[Highlight]
    curve: list[int]
    curve_from: float
    step: int
    length: int


def report_of(recording: Recording, moments: Sequence[Moment], video: Video, top: int | None = None) -> Report:
    """Describe a recording's moments in order of time, or only the `top` highest of them."""
    ranked = sorted(moments, key=lambda each: -each.score)[:top]
    ranks = {each.moment_id: rank for rank, each in enumerate(ranked, 1)}
    first = int(recording.seconds[0]) if len(recording.seconds) else START
    found = [_highlight(each, ranks[each.moment_id], first, video) for each in moments if each.moment_id in ranks]
    length = int(recording.seconds[-1]) + 1 - first if len(recording.seconds) else 0
    step = max(1, -(-length // CURVE_POINTS))
    curve = np.bincount((recording.seconds - first) // step).tolist() if length else []
    return Report(
        recording=recording,
        video=video,
        highlights=[each for each in found if each.end >= SHORTEST_SECONDS],
        curve=curve,
        curve_from=first - START + video.offset,
        step=step,
        length=length,
    )


def _highlight(moment: Moment, rank: int, first: int, video: Video) -> Highlight:
    at, start, end = (
        seconds_from_start(each or moment.peak_at) + video.offset
        for each in (moment.peak_at, moment.clip_from_at, moment.clip_until_at)
    )
    start = max(0.0, start)
    reason = moment.no_clip_reason
    return Highlight(
        rank=rank,
        at=max(0.0, at),
        start=start,
        end=end,
        title=lead(moment),
        people=numbers(moment),
        people_short=short_numbers(moment),
        rarity=rarity(moment, first),
        written=written(moment),
        cause=cause_words(moment.causes[0]) if moment.causes else "",
        why_not=no_clip_words(reason, moment.causes) if reason else "",
        link=video.link(start),
        moment=moment,
    )


def short_numbers(moment: Moment) -> str:
    """Say how many people wrote at once, and how many times the usual that is: "95 people (7×)"."""
    people, usual = moment.evidence.window_chatters, moment.evidence.expected_chatters
    times = times_text(people / usual) if usual >= 1 else ""
    return f"{people_text(people)} ({times}×)" if times else people_text(people)


def rarity(moment: Moment, first: int) -> str:
    """Say for how long nothing was as high, `first` being the second of the first message."""
    seconds = moment.biggest_in_seconds
    if seconds is None or seconds < LEAST_MINUTES * MINUTE:
        return ""
    if seconds >= moment.peak_at // 1000 - 1 - first:
        return "biggest so far"
    if seconds < HOUR:
        return f"biggest in {seconds // MINUTE} min"
    return f"biggest in {seconds // HOUR} h" if seconds >= 2 * HOUR else "biggest in an hour"


def written(moment: Moment) -> list[tuple[str, int]]:
    """Return the emotes and words that most people used; of "loooool" and "looooooool" only the commoner."""
    used = [(each.name, each.chatters) for each in moment.evidence.emotes]
    used += [(each.word, each.chatters) for each in moment.evidence.words]
    by_sound: dict[str, tuple[str, int]] = {}
    for name, count in sorted(used, key=lambda each: -each[1]):
        by_sound.setdefault(DRAWN_OUT.sub(r"\1", name.casefold()), (read_as(name), count))
    return list(by_sound.values())[:WRITTEN]


def read_as(name: str) -> str:
    """Return a word whose letter is drawn out as people read it: "777…" for sixteen of them."""
    return DRAWN_OUT.sub(r"\1\1\1…", name)
