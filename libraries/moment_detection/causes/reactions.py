"""Decide whether a moment with causes may still be clipped: whether enough people react to the stream itself."""

from collections.abc import Sequence
from math import sqrt

from moment_detection.causes.copied_text import raid_calls
from moment_detection.causes.moment_window import MomentWindow
from moment_detection.causes.normalized_message import NormalizedMessage, chatters_of
from moment_detection.causes.vocabulary import CAUSES, MOODS, Vocabulary, load
from moment_detection.detection.counters import WINDOW_SECONDS
from moment_detection.evidence.moment_context import MomentContext

EVENTS = ("raid", "gifts")  # causes that may come together with a true reaction
WELCOMING = {"raid": ("love", "hype"), "gifts": ("love", "hype", "awe")}  # moods that belong to the event
REACTION_SCORE = 3.0  # deviations by which reactions exceed those of ordinary chat
REACTION_SHARE = 0.3  # of the chatters above baseline react; of three hundred raiders a few laugh about something
ORDINARY_REACTIONS = 0.3  # of ordinary messages carry a mood: .28 to .40 of all recorded ones (make causes)
ANSCOMBE = 3 / 8  # as in the detector's score


def may_clip(context: MomentContext, causes: Sequence[str]) -> bool:
    """Return whether a clip is allowed: without a cause, or for a raid or gifts with a reaction beside them."""
    if not causes:
        return True
    if any(cause not in EVENTS for cause in causes):
        return False
    return reacts_beside(context, causes)


def reacts_beside(context: MomentContext, causes: Sequence[str], vocabulary: Vocabulary | None = None) -> bool:
    """Return whether reactions alone would make a moment, without the messages that a raid or gifts explain.

    Applies the detector's score (Anscombe's transform of the counts) to the chatters who react in each window.
    """
    moment = MomentWindow(context, vocabulary or load(CAUSES))
    reactions = _reactions(moment, causes)
    ordinary = moment.usual * ORDINARY_REACTIONS
    for last in range(context.crossed, context.peak + 1 + WINDOW_SECONDS):
        seconds = range(last - WINDOW_SECONDS + 1, last + 1)
        count = len(chatters_of(each for each in reactions if each.second in seconds))
        above_baseline = len(chatters_of(each for each in moment.all_messages if each.second in seconds)) - moment.usual
        score = 2.0 * (sqrt(count + ANSCOMBE) - sqrt(ordinary + ANSCOMBE))
        if score >= REACTION_SCORE and count >= REACTION_SHARE * above_baseline:
            return True
    return False


def _reactions(moment: MomentWindow, causes: Sequence[str]) -> list[NormalizedMessage]:
    """Return the messages with a mood that neither a cause nor a greeting explains."""
    moods = load(MOODS)
    welcoming = {mood for cause in causes for mood in WELCOMING.get(cause, ())}
    calls = {message.key for message in raid_calls(moment.all_messages)} if "raid" in causes else set()
    moods_of: dict[str, frozenset[str]] = {}  # by text; a crowd repeats itself
    found = []
    for message in moment.all_messages:
        if message.key in calls or not moment.labels(message).isdisjoint(("greetings", *causes)):
            continue
        if message.text not in moods_of:
            moods_of[message.text] = moods.labels_of(message.text)
        if moods_of[message.text] - welcoming:
            found.append(message)
    return found
