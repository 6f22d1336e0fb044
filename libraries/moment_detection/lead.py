"""What the crowd did in one sentence, and how many people it was: said by the site, and by clips in their titles.

The one base is people, never messages.
"""

from collections.abc import Iterator

from contracts.moments import Evidence, Moment, speak_for_crowd
from contracts.wording import ENGLISH, Wording, marked
from moment_detection.causes.names import known_name

UNKNOWN_MOOD, STILL_UNKNOWN = marked("Chat erupted"), marked("Chat is erupting")
LEADS = {  # what a mood made the crowd do; a mood that is not here is UNKNOWN_MOOD
    "laughter": marked("Chat burst out laughing"),
    "hype": marked("Chat went wild"),
    "awe": marked("Chat was amazed"),
    "dismay": marked("Chat groaned"),
    "sadness": marked("Chat was sad"),
    "anger": marked("Chat was furious"),
    "love": marked("Chat was touched"),
    "fear": marked("Chat was scared"),
    "confusion": marked("Chat was puzzled"),
}
GOING_ON = {  # the same while it happens
    "laughter": marked("Chat is laughing"),
    "hype": marked("Chat is going wild"),
    "awe": marked("Chat is amazed"),
    "dismay": marked("Chat is groaning"),
    "sadness": marked("Chat is sad"),
    "anger": marked("Chat is furious"),
    "love": marked("Chat is touched"),
    "fear": marked("Chat is scared"),
    "confusion": marked("Chat is puzzled"),
}
CATALOGUED = ("twitch", "ffz", "bttv", "7tv")  # providers whose emotes may be named, whatever they are called
LONGEST_TOKEN = 30  # characters; Twitch's own names are shorter
LEAST_FACTOR = 1.5  # below it "1.2×" says nothing
WHOLE_FACTOR_FROM = 2.95  # "2.4×", but "7×"
UNKNOWN_NUMBERS = marked("How many people wrote is not known")


def is_showable(name: str) -> bool:
    """Return whether a name is one short, printable token."""
    return 0 < len(name) <= LONGEST_TOKEN and name.isprintable() and not any(each.isspace() for each in name)


def named(evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Yield the names that may be said, with the number of people who used each.

    Those are emotes and the names of moods.toml, never other words of the chat. What is hidden must be gone from
    `evidence` already.
    """
    for emote in evidence.emotes:
        name = emote.name if emote.provider in CATALOGUED else known_name(emote.name)
        if name and is_showable(name):
            yield name, emote.chatters
    for word in evidence.words:
        name = known_name(word.word)
        if name and is_showable(name):
            yield name, word.chatters


def token(evidence: Evidence) -> str | None:
    """Return the name that most people used; None unless a fifth of them and at least five did."""
    enough = [each for each in named(evidence) if speak_for_crowd(each[1], evidence)]
    return max(enough, key=lambda each: each[1])[0] if enough else None


def what_it_did(moment: Moment, say: Wording = ENGLISH) -> str:
    """Say what the crowd did without a name: "Chat burst out laughing"."""
    return say.gettext(LEADS.get(moment.mood or "", UNKNOWN_MOOD))


def lead(moment: Moment, say: Wording = ENGLISH) -> str:
    """Say what the crowd did: "Chat burst out laughing · KEKW"."""
    name = token(moment.evidence)
    return f"{what_it_did(moment, say)} · {name}" if name else what_it_did(moment, say)


def going_on(moment: Moment, say: Wording = ENGLISH) -> str:
    """Say what the crowd is doing while the moment lasts: "Chat is laughing"."""
    return say.gettext(GOING_ON.get(moment.mood or "", STILL_UNKNOWN))


def people_text(count: int, say: Wording = ENGLISH) -> str:
    """Count people: "1 person", "1,204 people"."""
    return say.ngettext("%(num)s person", "%(num)s people", count)


def times_text(factor: float, say: Wording = ENGLISH) -> str:
    """Write how many times the usual it is, "7" or "2.4"; empty where that says nothing."""
    if not LEAST_FACTOR <= factor < float("inf"):
        return ""
    is_whole = factor >= WHOLE_FACTOR_FROM or round(factor, 1).is_integer()
    return say.number(factor, 0 if is_whole else 1)


def numbers(moment: Moment, say: Wording = ENGLISH) -> str:
    """Say how many people wrote, and how many usually do: "95 people at once, usually 14 (7×)"."""
    people, usual = moment.evidence.window_chatters, moment.evidence.expected_chatters
    if people <= 0:
        return say.gettext(UNKNOWN_NUMBERS)
    if not 0 < usual < float("inf"):
        return say.ngettext("%(num)s person at once", "%(num)s people at once", people)
    if usual < 1:
        return say.ngettext(
            "%(num)s person at once, usually hardly anyone", "%(num)s people at once, usually hardly anyone", people
        )
    times, usually = times_text(people / usual, say), say.number(usual)
    if not times:
        return say.ngettext(
            "%(num)s person at once, usually %(usually)s",
            "%(num)s people at once, usually %(usually)s",
            people,
            usually=usually,
        )
    return say.ngettext(
        "%(num)s person at once, usually %(usually)s (%(times)s×)",
        "%(num)s people at once, usually %(usually)s (%(times)s×)",
        people,
        usually=usually,
        times=times,
    )
