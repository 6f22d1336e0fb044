"""Explains in one sentence why a moment is one."""

from contracts.moments import Evidence, speaks_for_crowd

SILENCE_MESSAGES_PER_SECOND = 0.01  # below it "times the usual chat" means nothing
MOST_TIMES = 500  # above it the factor measures how quiet it was before, not the crowd


def times_text(times: float) -> str:
    """Round a factor as people do: 2.4, 9, 31."""
    if times >= 9.95:
        return f"{times:.0f}"
    return f"{times:.1f}".removesuffix(".0")


def loudness(times_usual: float, evidence: Evidence) -> str:
    """Compare with the channel's usual chat."""
    if evidence.usual_messages_per_second < SILENCE_MESSAGES_PER_SECOND or times_usual > MOST_TIMES:
        return "A silent chat woke up"
    return f"{times_text(times_usual)} times the usual chat"


def crowd(evidence: Evidence) -> str:
    """Say how many people wrote in how many seconds, and how many usually do if that is known."""
    people = "1 person" if evidence.window_chatters == 1 else f"{evidence.window_chatters:,} people"
    expected = f" instead of {count_text(evidence.expected_chatters)}" if evidence.expected_chatters > 0 else ""
    return f"{people} in {evidence.window_seconds} s{expected}"


def count_text(expected: float) -> str:
    """Write an expected number of people."""
    return f"{expected:,.0f}" if expected >= 1 else "hardly any"


def loudest(evidence: Evidence) -> str | None:
    """Name the most used emote that speaks for the crowd, else the most used word, with its uses."""
    emotes = [each for each in evidence.emotes if speaks_for_crowd(each, evidence)]
    if emotes:
        emote = max(emotes, key=lambda count: count.uses)
        return f"{emote.name} ×{emote.uses:,}"
    if evidence.words:
        word = max(evidence.words, key=lambda count: count.uses)
        return f"“{word.word}” ×{word.uses:,}"
    return None


def reasons(times_usual: float, evidence: Evidence) -> list[str]:
    """Return the sentence's parts: "9 times the usual chat", "212 people in 7 s instead of 20", "LUL ×140"."""
    parts = [loudness(times_usual, evidence)]
    if evidence.window_chatters:
        parts.append(crowd(evidence))
    if (most := loudest(evidence)) is not None:
        parts.append(most)
    return parts
