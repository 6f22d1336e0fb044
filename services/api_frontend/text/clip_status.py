"""Describes what became of a moment's clip, with a link."""

from dataclasses import dataclass
from typing import Literal

from api_frontend.data.stored_moment import StoredMoment
from contracts.clips import ClipStatus
from contracts.moment_words import no_clip_words

Tone = Literal["good", "waiting", "bad", "quiet"]


OUTCOMES: dict[ClipStatus, tuple[Tone, str]] = {
    "intent": ("waiting", "Making the clip…"),
    "made": ("good", "Clip ready"),
    "refused": ("bad", "Twitch refused the clip"),
    "skipped": ("quiet", "No clip"),
    "unknown": ("quiet", "Twitch never confirmed the clip"),
    "too_late": ("quiet", "Too late to clip"),
}


@dataclass(frozen=True)
class ClipLine:
    """One line under a moment, and where it links to."""

    tone: Tone
    text: str
    link: str | None = None
    link_text: str = ""


def with_reason(text: str, reason: str) -> str:
    """Add the reason, if there is one."""
    return f"{text}: {reason}" if reason else text


def clip_line(moment: StoredMoment, stream_address: str | None) -> ClipLine:
    """Describe the moment's clip; without one, link to the VOD or the channel."""
    clip, document = moment.clip, moment.document
    elsewhere = (clip.vod_url, "Watch the VOD") if clip and clip.vod_url else (stream_address, "Open the channel")
    if clip is None:
        why = no_clip_words(document.no_clip_reason, document.causes) if document.no_clip_reason else ""
        return ClipLine("quiet", with_reason("No clip", why), *elsewhere)
    tone, text = OUTCOMES[clip.status]
    if clip.status == "made":
        return ClipLine(tone, text, clip.url, "Watch on Twitch")
    return ClipLine(tone, with_reason(text, clip.reason), *elsewhere)
