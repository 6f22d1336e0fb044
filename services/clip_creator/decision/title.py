"""Builds a clip's title: the site's own sentence, with no word of the chat but emotes' names. Pure."""

from msgspec.structs import replace

from contracts.moments import Moment
from moment_detection.hidden_words import HiddenWords
from moment_detection.lead import lead, numbers, what_it_did

MAX_TITLE = 100  # characters; Twitch accepts 140
MARKUP = frozenset("<>")  # "<3" is an emote; others show the title, and not all of them escape it
NONE_HIDDEN = HiddenWords()


def title(moment: Moment, hidden: HiddenWords = NONE_HIDDEN) -> str:
    """Build a title of at most `MAX_TITLE` printable characters: what the crowd did, and how many people it was."""
    moment = replace(moment, evidence=hidden.shown(moment.evidence))
    said = lead(moment)
    if MARKUP & set(said):
        said = what_it_did(moment)
    known = moment.evidence.window_chatters > 0
    return (f"{said}: {numbers(moment)}" if known else said)[:MAX_TITLE].rstrip()
