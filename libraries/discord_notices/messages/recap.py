"""What the end of a stream's notice says of its chat: how often it erupted, each peak one tap from its clip."""

from datetime import datetime
from urllib.parse import quote, urlencode

from msgspec import Struct

from contracts.moments import Moment
from discord_notices.messages.marker import marked_address
from discord_notices.messages.message import GREY, MOST_VALUE, Card, Field, Message
from discord_notices.messages.safe_text import is_address, safe
from discord_notices.wording import _, language, wording
from moment_detection.lead import lead

MOST_LEAD = 100  # characters of a sentence; they have thirty
MOST_NAME = 60  # as they are written; Twitch's names have 25


class Peak(Struct, frozen=True, kw_only=True):
    """A moment, and its clip's address; without one it leads to the moment's page."""

    moment: Moment
    clip_url: str = ""


class StreamRecap(Struct, frozen=True, kw_only=True):
    """A stream's recap on our site. `moments`: how often chat erupted; `peaks`: the best of them, best first."""

    site_url: str
    login: str
    stream_id: str
    moments: int = 0
    peaks: tuple[Peak, ...] = ()

    def address(self, language: str) -> str:
        """Return the address of its page in a language."""
        return f"{self._path}?{urlencode({'lang': language})}"

    def picture(self, language: str, version: int) -> str:
        """Return the address of its picture; empty without a moment. Discord keeps pictures by their address."""
        if not self.moments:
            return ""
        return f"{self._path}.png?{urlencode({'lang': language, 'v': f'{version}-{self.moments}'})}"

    def address_of(self, peak: Peak) -> str:
        """Return where a tap on a peak leads."""
        if is_address(peak.clip_url):
            return peak.clip_url
        return f"{self.site_url.rstrip('/')}/moments/{quote(peak.moment.moment_id, safe='')}"

    @property
    def _path(self) -> str:
        path = f"channels/{quote(self.login, safe='')}/streams/{quote(self.stream_id, safe='')}"
        return f"{self.site_url.rstrip('/')}/{path}"


def erupted_text(recap: StreamRecap) -> str:
    """Say how often chat erupted; empty if it did not."""
    if recap.moments <= 1:
        return _("Your chat erupted once.") if recap.moments else ""
    return _("Your chat erupted %(times)s times.", times=wording().number(recap.moments))


def peaks_field(recap: StreamRecap) -> Field | None:
    """Return the peaks with their links, as many as a field takes; None without any."""
    lines: list[str] = []
    for number, peak in enumerate(recap.peaks, 1):
        said = safe(lead(peak.moment, wording()), MOST_LEAD)
        line = f"{number}. [{said}]({recap.address_of(peak)})"
        if len("\n".join([*lines, line])) > MOST_VALUE:
            break
        lines.append(line)
    return Field(_("Biggest moments"), "\n".join(lines)) if lines else None


def recap_fields(recap: StreamRecap, language: str) -> list[Field]:
    """Return the fields of a recap: its peaks, and the link to the whole."""
    peaks = peaks_field(recap)
    said = _("The whole stream")
    whole = Field(_("Recap"), f"[{said}]({recap.address(language)})")
    return [peaks, whole] if peaks else [whole]


def night_message(recap: StreamRecap, name: str, ended_at: datetime, nonce: str, version: int) -> Message:
    """Return what a channel's own people are told of a stream that is over."""
    said = _("Last night of **%(name)s**.", name=safe(name, MOST_NAME))
    card = Card(
        url=marked_address(recap.address(language()), nonce),
        title=_("Last night in one picture"),
        image_url=recap.picture(language(), version),
        footer="Twitch",
        at=ended_at,
        color=GREY,
        fields=tuple(recap_fields(recap, language())),
    )
    return Message(content=f"{said} {erupted_text(recap)}".strip(), card=card)
