"""Twitch's own sentences, which videos' chat shows as if people had written them."""

import re

from chat_analysis.forms.facts import Facts

RAID = re.compile(r"(\d+) raiders from .+ have joined!?")
MANY_GIFTS = re.compile(r".+ (?:is gifting|gifted) (\d+) Tier \d Subs? to .+'s community!.*", re.DOTALL)
ONE_GIFT = re.compile(r"\S+ gifted a (?:\d+ months? of )?Tier \d sub to \S+!.*", re.DOTALL | re.IGNORECASE)
SUBSCRIBED = re.compile(
    r"\S+ (?:subscribed (?:at Tier \d|with Prime)|converted from a|is continuing the Gift Sub).*", re.DOTALL
)


def note_system_text(text: str, t: float, facts: Facts) -> bool:
    """Return whether a text is Twitch's own; a raid or gifts become events, as they are in live chat."""
    if found := RAID.fullmatch(text):
        facts.note_event(t, "raid", amount=int(found[1]))
    elif found := MANY_GIFTS.fullmatch(text):
        facts.note_event(t, "submysterygift", amount=int(found[1]))
    elif ONE_GIFT.fullmatch(text):
        facts.note_event(t, "subgift", amount=1)
    elif not SUBSCRIBED.fullmatch(text):
        return False
    facts.notices += 1
    return True
