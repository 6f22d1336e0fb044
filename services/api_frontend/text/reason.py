"""Why a moment is one, in a sentence that a person understands."""

from contracts.moments import Evidence

SILENCE_MESSAGES_PER_SECOND = 0.01  # below it "times its usual chat" says nothing
MOST_TIMES = 500  # above it the factor says more about the quiet before than about the crowd
LEAST_USES = 3  # an emote or a word below it was no part of the burst


def times_text(times: float) -> str:
    """A factor as people say it: 2.4, 9, 31."""
    if times >= 9.95:
        return f"{times:.0f}"
    return f"{times:.1f}".removesuffix(".0")


def loudness(times_usual: float, evidence: Evidence) -> str:
    """How loud it was against the channel's usual chat."""
    if evidence.usual_messages_per_second < SILENCE_MESSAGES_PER_SECOND or times_usual > MOST_TIMES:
        return "A silent chat woke up"
    return f"{times_text(times_usual)} times its usual chat"


def crowd(evidence: Evidence) -> str:
    """How many people wrote, within how many seconds, and how many were expected where that is known."""
    people = "1 person" if evidence.window_chatters == 1 else f"{evidence.window_chatters:,} people"
    expected = f" instead of {count_text(evidence.expected_chatters)}" if evidence.expected_chatters > 0 else ""
    return f"{people} in {evidence.window_seconds} s{expected}"


def count_text(expected: float) -> str:
    """An expected number of people as one says it."""
    return f"{expected:,.0f}" if expected >= 1 else "hardly any"


def loudest(evidence: Evidence) -> str | None:
    """The emote used most, else the word, with its uses."""
    if evidence.emotes:
        emote = max(evidence.emotes, key=lambda count: count.uses)
        if emote.uses >= LEAST_USES:
            return f"{emote.name} {emote.uses:,}"
    if evidence.words:
        word = max(evidence.words, key=lambda count: count.uses)
        if word.uses >= LEAST_USES:
            return f"“{word.word}” {word.uses:,}"
    return None


def reasons(times_usual: float, evidence: Evidence) -> list[str]:
    """The sentence's parts, the weightiest first."""
    parts = [loudness(times_usual, evidence)]
    if evidence.window_chatters:
        parts.append(crowd(evidence))
    if (most := loudest(evidence)) is not None:
        parts.append(most)
    return parts


def why(times_usual: float, evidence: Evidence) -> str:
    """The sentence: "9 times its usual chat, 212 people in 7 s instead of 20, LUL 140"."""
    return ", ".join(reasons(times_usual, evidence))
