"""What the crowd did in one sentence, and how many people it was: said by the site, and by clips in their titles.

The one base is people, never messages.
"""

from collections.abc import Iterator

from contracts.moments import Evidence, Moment, speak_for_crowd
from moment_detection.causes.names import known_name

UNKNOWN_MOOD = "Chat erupted"
LEADS = {  # what a mood made the crowd do; a mood that is not here is UNKNOWN_MOOD
    "laughter": "Chat burst out laughing",
    "hype": "Chat went wild",
    "awe": "Chat was amazed",
    "dismay": "Chat groaned",
    "sadness": "Chat was sad",
    "anger": "Chat was furious",
    "love": "Chat was touched",
    "fear": "Chat was scared",
    "confusion": "Chat was puzzled",
}
GOING_ON = {  # the same while it happens
    "laughter": "Chat is laughing",
    "hype": "Chat is going wild",
    "awe": "Chat is amazed",
    "dismay": "Chat is groaning",
    "sadness": "Chat is sad",
    "anger": "Chat is furious",
    "love": "Chat is touched",
    "fear": "Chat is scared",
    "confusion": "Chat is puzzled",
}
TWITCH = "twitch"  # the provider whose emotes may be named, whatever they are called
LONGEST_TOKEN = 30  # characters; Twitch's own names are shorter
LEAST_FACTOR = 1.5  # below it "1.2×" says nothing
WHOLE_FACTOR_FROM = 2.95  # "2.4×", but "7×"
UNKNOWN_NUMBERS = "How many people wrote is not known"


def is_showable(name: str) -> bool:
    """Return whether a name is one short, printable token."""
    return 0 < len(name) <= LONGEST_TOKEN and name.isprintable() and not any(each.isspace() for each in name)


def named(evidence: Evidence) -> Iterator[tuple[str, int]]:
    """Yield the names that may be said, with the number of people who used each.

    Those are Twitch's emotes and the names of moods.toml, never other words of the chat.
    """
    for emote in evidence.emotes:
        name = emote.name if emote.provider == TWITCH else known_name(emote.name)
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


def what_it_did(moment: Moment) -> str:
    """Say what the crowd did without a name: "Chat burst out laughing"."""
    return LEADS.get(moment.mood or "", UNKNOWN_MOOD)


def lead(moment: Moment) -> str:
    """Say what the crowd did: "Chat burst out laughing · KEKW"."""
    name = token(moment.evidence)
    return f"{what_it_did(moment)} · {name}" if name else what_it_did(moment)


def going_on(moment: Moment) -> str:
    """Say what the crowd is doing while the moment lasts: "Chat is laughing"."""
    return GOING_ON.get(moment.mood or "", "Chat is erupting")


def people_text(count: int) -> str:
    """Count people: "1 person", "1,204 people"."""
    return "1 person" if count == 1 else f"{count:,} people"


def factor_text(factor: float) -> str:
    """Write how many times the usual it is, " (7×)"; empty where that says nothing."""
    if not LEAST_FACTOR <= factor < float("inf"):
        return ""
    return f" ({factor:,.0f}×)" if factor >= WHOLE_FACTOR_FROM else f" ({factor:.1f}×)".replace(".0×", "×")


def usual_text(people: int, usual: float) -> str:
    """Compare with the usual, ", usually 14 (7×)"; empty where the usual is not known."""
    if not 0 < usual < float("inf"):
        return ""
    if usual < 1:
        return ", usually hardly anyone"
    return f", usually {usual:,.0f}{factor_text(people / usual)}"


def numbers(moment: Moment) -> str:
    """Say how many people wrote, and how many usually do: "95 people at once, usually 14 (7×)"."""
    evidence = moment.evidence
    people = evidence.window_chatters
    if people <= 0:
        return UNKNOWN_NUMBERS
    return f"{people_text(people)} at once{usual_text(people, evidence.expected_chatters)}"
