"""What the codes in a moment mean, for people: the site says it, and so does the reason of a clip that was not made."""

from collections.abc import Sequence

from contracts.moments import NoClipReason

CAUSES = {  # each completes "… brought the crowd"
    "raid": "a raid",
    "gifts": "gifts of subscriptions",
    "giveaway": "a giveaway",
    "commands": "commands to a bot",
    "vote": "people voting",
    "copypasta": "a copied text",
    "bots": "a flood of bots",
    "mode": "a change of the chat's rules",
    "greetings": "greetings at the start",
}
# What the site offers to filter by; the detector's word lists may have more.
MOODS = ("laughter", "hype", "awe", "dismay", "sadness", "anger", "love", "fear", "confusion")


def cause_words(cause: str) -> str:
    """A cause in words; one that this version does not know is its code without underscores."""
    return CAUSES.get(cause, cause.replace("_", " "))


def no_clip_words(reason: NoClipReason, causes: Sequence[str]) -> str:
    """Why a moment gets no clip."""
    if reason == "rate":
        return "the channel has had louder moments lately"
    if reason == "shadow":
        return "the detector is on trial"
    return (
        f"{cause_words(causes[0])} brought the crowd" if causes else "something else than the stream brought the crowd"
    )
