"""What the crowd did and how many people it was, in the reader's language: the sentences of clips' titles."""

from api_frontend.translation import wording
from contracts.moments import Moment
from moment_detection import lead as sentences

NO_BREAK_SPACE = "\u00a0"


def lead(moment: Moment) -> str:
    """Say what the crowd did: "Chat burst out laughing · KEKW"."""
    return sentences.lead(moment, wording())


def headline(moment: Moment) -> str:
    """Say it for a heading: a line may end with the point between the two, and does not begin with it."""
    return lead(moment).replace(" · ", f"{NO_BREAK_SPACE}· ")


def what_it_did(moment: Moment) -> str:
    """Say what the crowd did without a name: "Chat burst out laughing"."""
    return sentences.what_it_did(moment, wording())


def going_on(moment: Moment) -> str:
    """Say what the crowd is doing while the moment lasts: "Chat is laughing"."""
    return sentences.going_on(moment, wording())


def numbers(moment: Moment) -> str:
    """Say how many people wrote, and how many usually do: "95 people at once, usually 14 (7×)"."""
    return sentences.numbers(moment, wording())


def people_text(count: int) -> str:
    """Count people: "1 person", "1,204 people"."""
    return sentences.people_text(count, wording())


def why(moment: Moment) -> str:
    """Say in one line what the crowd did and how many people that were."""
    return f"{lead(moment)}: {numbers(moment)}"
