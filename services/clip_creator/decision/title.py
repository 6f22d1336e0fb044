"""A clip's title from the moment's evidence. Pure. People's words stay out of it: emotes and counts only."""

from contracts.moments import EmoteCount, Evidence, Moment

LONGEST = 100  # characters; Twitch takes 140
LONGEST_EMOTE = 30
LEAST_USES = 3  # fewer are no crowd
MOST_TIMES = 99


def title(moment: Moment) -> str:
    """At most `LONGEST` printable characters, never empty."""
    usual = times(moment.times_usual)
    return f"{lead(moment.evidence)}: {usual}"[:LONGEST] if usual else lead(moment.evidence)[:LONGEST]


def lead(evidence: Evidence) -> str:
    """The crowd's emote, or how many people wrote."""
    emote = top_emote(evidence.emotes)
    if emote:
        return f"{printable(emote.name)} ×{emote.uses}"
    if evidence.window_chatters > 0 and evidence.window_seconds > 0:
        return f"{evidence.window_chatters} people in {evidence.window_seconds} s"
    return "Chat erupts"


def top_emote(emotes: list[EmoteCount]) -> EmoteCount | None:
    """The emote used most that has a name one can print; the earlier one where two are equal."""
    named = [emote for emote in emotes if emote.uses >= LEAST_USES and 0 < len(printable(emote.name)) <= LONGEST_EMOTE]
    return max(named, key=lambda emote: emote.uses, default=None)


def times(times_usual: float) -> str:
    """How much more than usual, in words; empty where it says nothing."""
    if not 1.5 <= times_usual < float("inf"):
        return ""
    if times_usual > MOST_TIMES:
        return f"over {MOST_TIMES} times the usual chat"
    return f"{round(times_usual)} times the usual chat"


def printable(text: str) -> str:
    """One line without control, formatting or markup characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text if each not in "<>").split())
