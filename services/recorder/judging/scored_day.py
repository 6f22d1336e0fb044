"""Scores one channel's day: what viewers clipped, what we found, and which of our moments show it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from emote_counts.gaps import Span
from self_score.matching import SeenMoment, matches_of, shown_places
from self_score.places import Place, ViewersClip, places_of
from self_score.sweep import Score, score_of

OURS = ""  # the detector whose moments visitors see
Rows = list[dict[str, Any]]


class ClipOfStream(NamedTuple):
    """A viewer's clip, and the stream that it shows."""

    clip: ViewersClip
    stream_id: str


class MomentOf(NamedTuple):
    """A moment, the detector that found it (OURS, or an experimental one's name), and the viewers noted with it."""

    moment: SeenMoment
    detector: str
    viewers: int = 0


class Day(NamedTuple):
    """A day of a channel from `from_at` until `until_at` (ms), with the clips and moments around it that may match.

    `read`: when its chat was read. `shadows`: the experimental detectors that ran.
    """

    from_at: int
    until_at: int
    clips: Sequence[ClipOfStream]
    moments: Sequence[MomentOf]
    read: Sequence[Span]
    shadows: Iterable[str] = ()


class ScoredDay(NamedTuple):
    """What is written of a day. `notes`: by moment how many viewers clipped it, and their most viewed clip."""

    scores: Rows
    places: Rows
    notes: Rows


def scored(day: Day) -> ScoredDay:
    """Score a day."""
    places = places_of(each.clip for each in day.clips)
    by_detector: dict[str, list[SeenMoment]] = defaultdict(list)
    for each in day.moments:
        by_detector[each.detector].append(each.moment)
    for name in (OURS, *day.shadows):
        by_detector.setdefault(name, [])
    return ScoredDay(
        scores=[
            score_row(name, score_of(places, moments, day.read, day.from_at, day.until_at))
            for name, moments in sorted(by_detector.items())
        ],
        places=place_rows(day, places, by_detector[OURS]),
        notes=note_rows(day, places, by_detector[OURS]),
    )


def score_row(detector: str, score: Score) -> dict[str, Any]:
    """Return a row of `self_scores`."""
    return {
        "detector": detector,
        "places": score.places,
        "unread": score.unread,
        "seconds": score.seconds,
        "moments": [each.moments for each in score.steps],
        "clipped": [each.clipped for each in score.steps],
        "found": [each.found for each in score.steps],
        "by_chance": [round(each.by_chance, 4) for each in score.steps],
    }


def place_rows(day: Day, places: Sequence[Place], moments: Sequence[SeenMoment]) -> Rows:
    """Return the rows of `viewer_places` of the day."""
    stream_of = {each.clip.clip_id: each.stream_id for each in day.clips}
    return [
        {
            "clip_id": place.clip_id,
            "stream_id": stream_of[place.clip_id],
            "from_at": place.from_at,
            "until_at": place.until_at,
            "viewers": place.viewers,
            "views": place.views,
            "moment_id": None if owner is None else moments[owner].moment_id,
        }
        for place, owner in zip(places, matches_of(places, moments).owner, strict=True)
        if day.from_at <= place.from_at < day.until_at
    ]


def note_rows(day: Day, places: Sequence[Place], moments: Sequence[SeenMoment]) -> Rows:
    """Return what the day's moments show; of those that show nothing, the ones that did before."""
    shown = shown_places(places, moments)
    found = []
    for each in day.moments:
        moment = each.moment
        if each.detector != OURS or not day.from_at <= moment.crossed_at < day.until_at:
            continue
        place = shown.get(moment.moment_id)
        if place is not None:
            found.append({"moment_id": moment.moment_id, "viewers": place.viewers, "clip_id": place.clip_id})
        elif each.viewers:
            found.append({"moment_id": moment.moment_id, "viewers": 0, "clip_id": None})
    return found
