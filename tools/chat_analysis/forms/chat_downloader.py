"""chat-downloader's files: a list of objects, or an object per line, indented or not."""

from collections.abc import Iterator

import msgspec

from chat_analysis.forms.batch import ForeignMessage, time_of
from chat_analysis.forms.facts import Facts
from chat_analysis.forms.json_items import CutError, JsonText
from chat_analysis.forms.system_texts import note_system_text
from chat_analysis.forms.twitch_downloader import message_of as comment_message
from contracts.chat_messages import Emote

FORM = "chat-downloader"
CHAT_TYPES = (None, "text_message", "paid_message", "highlighted_message")  # others are Twitch's own words
EVENTS = {  # message types to our name, and the field with its number
    "raid": ("raid", "number_of_raiders"),
    "mystery_subscription_gift": ("submysterygift", "mass_gift_count"),
    "subscription_gift": ("subgift", ""),
}
FIRST_TIME, LAST_TIME = 10**15, 10**16  # microseconds since 1970: of 2001 and 2286; others are no times
MICROSECONDS = 1_000_000
_encode = msgspec.json.Encoder().encode


def read(text: JsonText, facts: Facts) -> Iterator[ForeignMessage]:
    """Yield the messages of a list or of lines. Comments of TwitchDownloader without the object around pass too."""
    read_items = 0
    try:
        for item in text.items() if text.peek() == "[" else text.lines():
            read_items += 1
            if isinstance(item, dict) and "content_offset_seconds" in item:
                message = comment_message(item, facts)
            else:
                message = message_of(item, facts)
            if message:
                yield message
    except CutError:
        facts.cut = f"the file ends in the middle, after {read_items:,} messages"


def message_of(item: object, facts: Facts) -> ForeignMessage | None:
    """Return an item's message; None, with the reason noted in `facts`, if it is none."""
    item = item if isinstance(item, dict) else {}
    t, text = _time(item, facts), item.get("message")
    if t is None:
        facts.untimed += 1
        return None
    if item.get("message_type") not in CHAT_TYPES:
        _note(item, t, facts)
        return None
    if not isinstance(text, str):
        facts.textless += 1
        return None
    if note_system_text(text, t, facts):
        return None
    return ForeignMessage(t, _author(item.get("author"), facts), text, _emotes(item.get("emotes")))


def _note(item: "dict[str, object]", t: float, facts: Facts) -> None:
    """Note Twitch's own words; raids and gifts of a live chat have their numbers in fields."""
    facts.notices += 1
    name, field = EVENTS.get(str(item.get("message_type")), ("", ""))
    amount = item.get(field, 1)
    if name and isinstance(amount, int):
        facts.note_event(t, name, amount=amount)


def _time(item: "dict[str, object]", facts: Facts) -> float | None:
    """Return the time in the video; of a live chat, which has none, the time since the first message."""
    t = time_of(item.get("time_in_seconds"))
    written_at = item.get("timestamp")
    if t is not None or not isinstance(written_at, int) or not FIRST_TIME <= written_at <= LAST_TIME:
        return t
    if facts.first_at is None:
        facts.first_at = written_at // MICROSECONDS
    return time_of(written_at / MICROSECONDS - facts.first_at)


def _author(author: object, facts: Facts) -> str:
    if isinstance(author, dict) and (found := author.get("id") or author.get("name") or author.get("display_name")):
        return str(found)
    facts.authorless += 1
    return ""


def _emotes(emotes: object) -> str:
    """Return Twitch's emotes, whose places are written "0-4,6-10", in a list or not."""
    found = []
    for emote in emotes if isinstance(emotes, list) else ():
        locations = emote.get("locations") if isinstance(emote, dict) else None
        joined = ",".join(map(str, locations)) if isinstance(locations, list) else str(locations or "")
        found += [Emote("twitch", str(emote.get("id")), *place) for place in places(joined)]
    return _encode(found).decode() if found else ""


def places(written: str) -> Iterator[tuple[int, int]]:
    """Yield first and last character of each "0-4,6-10"."""
    for each in written.split(","):
        first, _, last = each.partition("-")
        if first.isdecimal() and last.isdecimal():
            yield int(first), int(last)
