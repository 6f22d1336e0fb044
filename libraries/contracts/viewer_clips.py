"""What viewers clipped of a channel, without who they are."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA_VERSION = 1
ID_CHARACTERS = 200  # Twitch's clip ids have some 60
TITLE_CHARACTERS = 200  # Twitch allows 140
URL_CHARACTERS = 500
# Clips at most so far apart show one thing: some press Clip at once and some half a minute later, so that short clips
# of it may not meet.
APART_MS = 15_000
LargeCount = Annotated[int, Meta(ge=0, lt=2**31)]
Id = Annotated[str, Meta(min_length=1, max_length=ID_CHARACTERS)]
Location = Literal["vod_offset", "created_at"]


class ViewerClip(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """A clip that a viewer made, as Twitch told of it at `asked_at`. Key: `CHANNEL_ID:CLIP_ID`.

    Told again whenever Twitch says something else: a later `asked_at` replaces an earlier one. Only the place that was
    taken from the recording stays when the recording is deleted. Our own clips are not told. Times are milliseconds
    since 1970 UTC.
    """

    schema_version: int
    clip_id: Id
    channel_id: Id
    asked_at: Annotated[int, Meta(description="when Twitch was asked")]
    created_at: Annotated[int, Meta(description="when the viewer made it")]
    started_at: Annotated[int, Meta(description="start of what it shows, on the stream's real time")]
    ended_at: Annotated[int, Meta(description="end of what it shows")]
    located_by: Annotated[
        Location,
        Meta(description="how the span is known: by its second of the recording, or taken to end when it was made"),
    ]
    views: LargeCount
    url: Annotated[str, Meta(max_length=URL_CHARACTERS)]
    title: Annotated[str, Meta(max_length=TITLE_CHARACTERS)] = ""
    stream_id: Annotated[
        Id | None, Meta(description="the broadcast that it shows; null: not known, so its span may be of none")
    ] = None
    video_id: Annotated[Id | None, Meta(description="the recording; null if there is none, or none any more")] = None
    vod_offset: Annotated[LargeCount | None, Meta(description="second of the recording at which it starts")] = None
    again: Annotated[
        bool, Meta(description="whoever made it has made an earlier clip of the same thing: it is no other viewer's")
    ] = False
    is_deleted: Annotated[bool, Meta(description="Twitch has it no more: neither shown nor counted")] = False
