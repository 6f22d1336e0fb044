"""Builds clip records: the intent and the outcomes that may follow it. Pure."""

from typing import Any, Literal

import msgspec

from contracts.clips import SCHEMA_VERSION, Clip
from contracts.moments import Moment
from twitch_access.answers import FoundClip

Status = Literal["intent", "made", "refused", "skipped", "unknown", "too_late"]
INTENT, FIRST_OUTCOME = 1, 2  # revision numbers
NO_CREDENTIALS = "no credentials"
NOT_SIGNED_IN = "nobody has signed in: python seed_twitch_tokens.py"
TOO_OLD = "the moment was too old for a clip"
NO_RECORDING = "no recording of the stream was found"
NOT_ANSWERED = "Twitch did not answer, and no clip of ours was found"
NOT_APPEARED = "Twitch accepted the request, but no clip appeared"
FORBIDDEN = "403:"  # a refusal's reason begins with the status: the channel lets nobody clip it
NOT_ASKED = "not asked, because Twitch refused this channel's clips"
LINKED = ("too_late", "refused", "skipped")  # outcomes without a clip, which link to the recording
RESUMED_MS = 25 * 3_600_000  # an older record is left as it is, unless it is an intent or was too late


def first(moment: Moment, status: Status, now: int, reason: str = "", **more: Any) -> Clip:
    """Build a moment's first record: an intent, or an outcome without a preceding intent."""
    return Clip(
        schema_version=SCHEMA_VERSION,
        moment_id=moment.moment_id,
        channel_id=moment.channel_id,
        crossed_at=moment.crossed_at,
        status=status,
        revision_number=INTENT if status == "intent" else FIRST_OUTCOME,
        decided_at=now,
        reason=reason,
        **more,
    )


def following(clip: Clip, status: Status, now: int, reason: str = "", **more: Any) -> Clip:
    """Build the record that replaces `clip`."""
    return msgspec.structs.replace(
        clip,
        status=status,
        revision_number=max(FIRST_OUTCOME, clip.revision_number + 1),
        decided_at=now,
        reason=reason,
        **more,
    )


def is_open(clip: Clip) -> bool:
    """Return whether the record lacks something: an outcome, a VOD link, or a clip that may yet appear."""
    lacks_link = clip.vod_url is None and NO_RECORDING not in clip.reason
    return clip.status in ("intent", "unknown") or (clip.status in LINKED and lacks_link)


def is_worth_resuming(clip: Clip, now: int) -> bool:
    """Return whether a step may still complete an open record that an earlier process left."""
    return clip.status in ("intent", "too_late") or now - clip.decided_at < RESUMED_MS


def made(clip: Clip, found: FoundClip, now: int) -> Clip:
    """Build the record of a clip that exists, with its URLs exactly as Twitch returned them."""
    return following(
        clip,
        "made",
        now,
        clip_id=found.id,
        title=found.title,
        duration_seconds=found.duration if found.duration is not None else clip.duration_seconds,
        url=found.url,
        embed_url=found.embed_url,
        thumbnail_url=found.thumbnail_url or None,
    )
