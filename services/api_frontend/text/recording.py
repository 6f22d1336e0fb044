"""Where in the stream's recording a moment begins: at the start of its clip, before the crowd's reaction."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from api_frontend.data.stored_moment import StoredMoment
from api_frontend.translation import _
from contracts.moments import Moment

LEAD_MS = 25_000  # of a moment that names no clip range: chat reacts up to 20 s later, and 5 s of lead-in


@dataclass(frozen=True)
class Recording:
    """A place in the recording: how it is said, and its address if the recording is known."""

    text: str
    address: str | None


def seconds_into_stream(document: Moment) -> int | None:
    """Return how long the stream had run when the clip begins; None if its start is not known."""
    if document.stream_started_at is None:
        return None
    begin = document.clip_from_at if document.clip_from_at is not None else document.crossed_at - LEAD_MS
    return max(0, (begin - document.stream_started_at) // 1000)


def clock_text(seconds: int) -> str:
    """Write a time of a recording as players do, "2:13:07"."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def address_at(address: str, seconds: int) -> str:
    """Return the recording's address at this second, in Twitch's form `?t=1h2m3s`."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return urlunsplit(urlsplit(address)._replace(query=f"t={hours}h{minutes}m{rest}s"))


def recording(moment: StoredMoment) -> Recording | None:
    """Return the place in the stream; None if nothing is known of it."""
    seconds = seconds_into_stream(moment.document)
    address = moment.clip.vod_url if moment.clip else None
    if seconds is None:
        return Recording(_("Watch the recording"), address) if address else None
    if address is None:
        return Recording(_("%(time)s into the stream", time=clock_text(seconds)), None)
    return Recording(_("Recording at %(time)s", time=clock_text(seconds)), address_at(address, seconds))
