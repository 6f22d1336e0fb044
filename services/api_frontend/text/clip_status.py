"""What became of a moment's clip, in words, and where it leads."""

from dataclasses import dataclass
from typing import Literal

from api_frontend.data.moments import StoredMoment
from contracts.moment_words import no_clip_words

Tone = Literal["good", "waiting", "bad", "quiet"]


@dataclass(frozen=True)
class ClipLine:
    """One line under a moment. `link` is where it leads, with `link_text`."""

    tone: Tone
    text: str
    link: str | None = None
    link_text: str = ""


def with_reason(text: str, reason: str) -> str:
    """Adds the reason where there is one."""
    return f"{text}: {reason}" if reason else text


def clip_line(moment: StoredMoment, stream_address: str | None) -> ClipLine:
    """The line for this moment; where there is no clip, it leads to the recording or the stream."""
    clip = moment.clip
    elsewhere = (clip.vod_url, "Watch the recording") if clip and clip.vod_url else (stream_address, "Open the stream")
    if clip is None:
        why = no_clip_words(moment.no_clip_reason, moment.causes) if moment.no_clip_reason else ""
        return ClipLine("quiet", with_reason("No clip", why), *elsewhere)
    if clip.status == "made":
        return ClipLine("good", "Clip ready", clip.url, "Watch on Twitch")
    if clip.status == "intent":
        return ClipLine("waiting", "Making the clip", *elsewhere)
    texts: dict[str, tuple[Tone, str]] = {
        "refused": ("bad", "Twitch refused the clip"),
        "skipped": ("quiet", "No clip"),
        "unknown": ("quiet", "Twitch never confirmed the clip"),
        "too_late": ("quiet", "Too late for a clip"),
    }
    tone, text = texts[clip.status]
    return ClipLine(tone, with_reason(text, clip.reason), *elsewhere)
