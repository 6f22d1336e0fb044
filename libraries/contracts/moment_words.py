"""Plain words for the codes in a moment, used by the website and as the reason of a clip that was not made."""

from collections.abc import Sequence

from contracts.moments import NoClipReason
from contracts.wording import marked

CAUSES = {  # noun phrases: a label by itself, and the subject of "… drove chat"
    "raid": marked("a raid"),
    "gifts": marked("gift subs"),
    "giveaway": marked("a giveaway"),
    "commands": marked("bot commands"),
    "vote": marked("a vote"),
    "copypasta": marked("copypasta"),
    "bots": marked("a bot flood"),
    "mode": marked("a chat mode change"),
    "greetings": marked("greetings at the start"),
}
# The website's filter suggests these; the detector's word lists may have more.
MOODS = ("laughter", "hype", "awe", "dismay", "sadness", "anger", "love", "fear", "confusion")


def cause_words(cause: str) -> str:
    """Name a cause; an unknown code is shown without its underscores."""
    return CAUSES.get(cause, cause.replace("_", " "))


def no_clip_words(reason: NoClipReason, causes: Sequence[str]) -> str:
    """Explain why a moment gets no clip."""
    if reason == "rate":
        return "quieter than other recent moments"
    if reason == "shadow":
        return "experimental detector"
    return f"{cause_words(causes[0])} drove chat" if causes else "something other than the stream drove chat"
