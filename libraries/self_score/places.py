"""Places of a stream that viewers clipped: clips that overlap, or nearly do, are one place."""

from collections.abc import Iterable
from typing import NamedTuple

from contracts.viewer_clips import APART_MS

LONGEST_PLACE_MS = 120_000  # two of the longest clips; else a night that is clipped without a pause would be one place
SEVERAL = 2  # viewers; one alone clips jokes and mistakes as well


class ViewersClip(NamedTuple):
    """A viewer's clip and its span on the stream (ms). `again`: the same viewer has clipped this place before."""

    clip_id: str
    from_at: int
    until_at: int
    views: int = 0
    again: bool = False


class Place(NamedTuple):
    """A span (ms) that so many viewers clipped. `clip_id`: the most viewed of its clips; `views`: of all of them."""

    from_at: int
    until_at: int
    viewers: int
    views: int
    clip_id: str

    @property
    def is_judge(self) -> bool:
        """Whether enough viewers clipped it to say that something happened there."""
        return self.viewers >= SEVERAL


def places_of(clips: Iterable[ViewersClip]) -> list[Place]:
    """Return the places in the order of time, whatever the order of the clips; a clip that comes twice counts once."""
    places: list[list[ViewersClip]] = []
    begin = until = 0
    for clip in sorted(distinct(clips), key=lambda each: (each.from_at, each.until_at, each.clip_id)):
        if places and belongs(clip, begin, until):
            places[-1].append(clip)
            until = max(until, clip.until_at)
        else:
            places.append([clip])
            begin, until = clip.from_at, clip.until_at
    return [place_of(each) for each in places]


def distinct(clips: Iterable[ViewersClip]) -> list[ViewersClip]:
    """Return each clip once, as it was when it had the most views; one that has no length lasts a second."""
    newest: dict[str, ViewersClip] = {}
    for clip in clips:
        whole = clip._replace(until_at=max(clip.until_at, clip.from_at + 1000))
        known = newest.get(clip.clip_id)
        if known is None or (whole.views, whole) > (known.views, known):
            newest[clip.clip_id] = whole
    return list(newest.values())


def belongs(clip: ViewersClip, begin: int, until: int) -> bool:
    """Return whether a clip that does not begin before a place is of the same."""
    return clip.from_at <= until + APART_MS and max(until, clip.until_at) - begin <= LONGEST_PLACE_MS


def place_of(clips: list[ViewersClip]) -> Place:
    """Join the clips of one place."""
    most = max(clips, key=lambda each: (each.views, each.clip_id))
    return Place(
        from_at=clips[0].from_at,
        until_at=max(each.until_at for each in clips),
        viewers=max(1, sum(not each.again for each in clips)),
        views=sum(each.views for each in clips),
        clip_id=most.clip_id,
    )
