"""The best moments of a day or a week, in one message."""

from collections.abc import Sequence

from discord_notices.messages.durations import timestamp
from discord_notices.messages.live import MOST_NAME
from discord_notices.messages.marker import marked_address
from discord_notices.messages.message import MOST_DESCRIPTION, Card, Message
from discord_notices.messages.safe_text import safe
from discord_notices.rules.digest import Due
from discord_notices.rules.moment import MomentState
from discord_notices.wording import _, wording
from moment_detection.lead import lead

TITLES = {
    "daily": lambda: _("The best moments of the last day"),
    "weekly": lambda: _("The best moments of the last week"),
}
HOME = "https://www.twitch.tv/"


def digest_message(due: Due, best: Sequence[MomentState], nonce: str, site_url: str = "") -> Message:
    """Return the digest of these moments, the best first; each has a clip. Lines that do not fit are left out."""
    lines: list[str] = []
    for place, state in enumerate(best, 1):
        line = f"{place}. {entry(state)}"
        if sum(map(len, lines)) + len(lines) + len(line) > MOST_DESCRIPTION:
            break
        lines.append(line)
    title = TITLES[due.kind]()
    card = Card(url=marked_address(site_url or HOME, nonce), description="\n".join(lines), at=due.until_at)
    return Message(content=f"**{title}**", card=card)


def entry(state: MomentState) -> str:
    """Write one line: what the crowd did, linked to the clip, in whose chat, and when."""
    said = safe(lead(state.moment, wording()), 200)
    return f"[{said}]({state.clip_url}) · {safe(state.display_name, MOST_NAME)} · {timestamp(state.crossed_at)}"
