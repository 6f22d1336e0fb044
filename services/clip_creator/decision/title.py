"""Builds a clip's title from emotes and counts, never from chatters' text. Pure."""

from contracts.moments import EmoteCount, Evidence, Moment, speaks_for_crowd

MAX_TITLE = 100  # characters; Twitch accepts 140
MAX_EMOTE_NAME = 30  # characters
MAX_TIMES = 99  # above this, "over 99 times": the baseline was near silence


def title(moment: Moment) -> str:
    """Build a title of at most `MAX_TITLE` printable characters, never empty."""
    usual = times(moment.times_usual)
    return f"{lead(moment.evidence)}: {usual}"[:MAX_TITLE] if usual else lead(moment.evidence)[:MAX_TITLE]


def lead(evidence: Evidence) -> str:
    """Name the most used emote, else the number of people who wrote."""
    emote = top_emote(evidence)
    if emote:
        return f"{printable(emote.name)} ×{emote.uses}"
    if evidence.window_chatters > 0 and evidence.window_seconds > 0:
        return f"{evidence.window_chatters} people in {evidence.window_seconds} s"
    return "Chat erupts"


def top_emote(evidence: Evidence) -> EmoteCount | None:
    """Return the most used emote that speaks for the crowd and has a printable name; the first on a tie."""
    named = [each for each in evidence.emotes if speaks_for_crowd(each, evidence) and has_printable_name(each)]
    return max(named, key=lambda emote: emote.uses, default=None)


def has_printable_name(emote: EmoteCount) -> bool:
    """Return whether the name is one token that a title can show whole."""
    return printable(emote.name) == emote.name and 0 < len(emote.name) <= MAX_EMOTE_NAME and " " not in emote.name


def times(times_usual: float) -> str:
    """Describe the chat rate relative to usual; empty if below 1.5 times or not finite."""
    if not 1.5 <= times_usual < float("inf"):
        return ""
    if times_usual > MAX_TIMES:
        return f"over {MAX_TIMES} times the usual chat"
    return f"{round(times_usual)} times the usual chat"


def printable(text: str) -> str:
    """Reduce `text` to one line without control, formatting or markup characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text if each not in "<>").split())
