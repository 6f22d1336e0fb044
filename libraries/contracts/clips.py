"""What Twitch made of a moment."""

from typing import Literal

import msgspec

SCHEMA_VERSION = 1
LONGEST_CLIP_MS = 60_000  # that Twitch publishes
CLIP_MARGIN_MS = 5_000  # shown around what a clip must have in it, such as the peak
REACTION_MS = (10_000, 20_000)  # chat reacts to the video this much later, at least and at most
ClipStatus = Literal["intent", "made", "refused", "skipped", "unknown", "too_late"]


class Clip(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """The intent or the outcome for one moment; a higher `revision_number` replaces a lower one.

    `intent` (1) is acknowledged by Kafka before Twitch is asked. Outcomes (2 and up): `made`; `refused` by Twitch,
    with its reason; `skipped` by us (cool-down, budget); `unknown`: requested, never answered, not among our clips, yet
    looked for after an hour and a day; `too_late`: too old to be clipped. Without a clip, `vod_url` links to that
    second of the recording.
    """

    schema_version: int
    moment_id: str
    channel_id: str
    crossed_at: int
    status: ClipStatus
    revision_number: int
    decided_at: int
    reason: str = ""
    title: str = ""
    duration_seconds: float | None = None
    clip_id: str | None = None
    url: str | None = None
    embed_url: str | None = None
    thumbnail_url: str | None = None
    vod_url: str | None = None
