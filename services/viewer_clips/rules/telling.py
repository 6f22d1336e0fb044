"""What is said of a clip, and what is left out of it: nobody's name or id."""

import unicodedata
from collections import defaultdict
from collections.abc import Container, Mapping

from contracts.viewer_clips import (
    ID_CHARACTERS,
    SCHEMA_VERSION,
    TITLE_CHARACTERS,
    URL_CHARACTERS,
    ViewerClip,
)
from twitch_access.answers import FoundClip, milliseconds
from viewer_clips.rules.place import Place, offset_of

ADDRESSES = ("https://", "http://")
UNSHOWN = ("Cc", "Cs")  # controls, halves of surrogate pairs
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # would turn the text of the page around


def title_of(text: str) -> str:
    """Return a title that can be stored and shown: on one line, without what turns or hides the text around it."""
    shown = (" " if unicodedata.category(each) in UNSHOWN else each for each in text if each not in TURNING)
    return " ".join("".join(shown).split())[:TITLE_CHARACTERS]


def url_of(text: str) -> str:
    """Return a web address; empty if it is none."""
    is_fit = text.startswith(ADDRESSES) and len(text) <= URL_CHARACTERS and text.isprintable()
    return text if is_fit else ""


def is_possible(clip: FoundClip, channel_id: str) -> bool:
    """Return whether a clip is of the channel and its ids fit the contract."""
    return clip.broadcaster_id == channel_id and all(
        len(each) <= ID_CHARACTERS and each.isprintable() for each in (clip.id, clip.video_id)
    )


def is_own(clip: FoundClip, own_clips: Container[str], own_account: str) -> bool:
    """Return whether we made the clip."""
    return clip.id in own_clips or (own_account != "" and clip.creator_id == own_account)


def is_broadcasters(clip: FoundClip) -> bool:
    """Return whether the broadcaster made the clip, who is no viewer."""
    return clip.creator_id == clip.broadcaster_id


def told(clip: FoundClip, place: Place, asked_at: int, again: bool) -> ViewerClip:
    """Return the message. Whoever made the clip does not enter it."""
    return ViewerClip(
        schema_version=SCHEMA_VERSION,
        clip_id=clip.id,
        channel_id=clip.broadcaster_id,
        asked_at=asked_at,
        created_at=milliseconds(clip.created_at),
        started_at=place.started_at,
        ended_at=place.ended_at,
        located_by=place.located_by,
        views=clip.view_count,
        url=url_of(clip.url),
        title=title_of(clip.title),
        stream_id=place.stream_id,
        video_id=clip.video_id or None,
        vod_offset=offset_of(clip),
        again=again,
    )


def repeated(clips: Mapping[str, FoundClip], places: Mapping[str, Place]) -> set[str]:
    """Return the ids of clips whose maker has made an earlier one of the same thing."""
    earlier: defaultdict[str, list[Place]] = defaultdict(list)
    found = set()
    for clip in sorted(clips.values(), key=lambda each: (each.created_at, each.id)):
        place = places[clip.id]
        if clip.creator_id:
            if any(place.shows_what(each) for each in earlier[clip.creator_id]):
                found.add(clip.id)
            earlier[clip.creator_id].append(place)
    return found
