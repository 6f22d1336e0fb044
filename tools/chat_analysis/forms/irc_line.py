"""One line of Twitch's IRC with its tags: a message, or a notice that says what became of messages."""

import re

import msgspec

from chat_analysis.forms.batch import ForeignMessage
from chat_analysis.forms.chat_downloader import places
from chat_analysis.forms.facts import Facts
from contracts.chat_messages import Emote
from moment_detection.detection.channel_events import SHORT_ID
from moment_detection.evidence.room_events import GIFTS_TO_ONE

LINE = re.compile(r"(?:@(\S+) )?:(\S+) (PRIVMSG|USERNOTICE|CLEARCHAT|CLEARMSG) #(\w+)(?: :(.*))?", re.DOTALL)
SENT_AT = re.compile(r"(?:^|;)(?:tmi-sent-ts|rm-received-ts)=(\d{12,14})(?:;|$)")
USER_ID = re.compile(r"(?:^|;)user-id=([^;]+)")
MESSAGE_ID = re.compile(r"(?:^|;)id=([^;]+)")
EMOTES = re.compile(r"(?:^|;)emotes=([^;]+)")
ACTION = re.compile("\x01ACTION (.*?)\x01?", re.DOTALL)
AMOUNTS = {  # notices to the tag with their number
    "raid": "msg-param-viewerCount",
    "submysterygift": "msg-param-mass-gift-count",
    "anonsubmysterygift": "msg-param-mass-gift-count",
}
RELAYED = "sharedchatnotice"  # another room's notice
BOT_BADGE = "bot-badge/"
_encode = msgspec.json.Encoder().encode


def message_of(found: "re.Match[str]", facts: Facts) -> ForeignMessage | None:
    """Return a line's message; what else it says goes to `facts`."""
    tags, prefix, command, channel, text = found.groups()
    tags = tags or ""
    facts.channel = facts.channel or channel
    sent_at = SENT_AT.search(tags)
    if not sent_at:
        facts.untimed += 1
        return None
    milliseconds = int(sent_at[1])
    t = facts.since_first(milliseconds // 1000) + milliseconds % 1000 / 1000
    if "source-room-id=" in tags and _is_relayed(tags):
        facts.relayed += 1
        return None
    if command != "PRIVMSG":
        _note(command, _fields(tags), t, facts)
        if command != "USERNOTICE" or not text or BOT_BADGE in tags or "user-id=" not in tags:
            facts.notices += command == "USERNOTICE"
            return None
    return _message(tags, prefix.partition("!")[0], text or "", t)


def _message(tags: str, name: str, text: str, t: float) -> ForeignMessage:
    if action := ACTION.fullmatch(text):
        text = action[1]
    user_id, message_id, emotes = USER_ID.search(tags), MESSAGE_ID.search(tags), EMOTES.search(tags)
    return ForeignMessage(
        t=t,
        user=user_id[1] if user_id else name,
        text=text,
        emotes=_emotes(emotes[1]) if emotes else "",
        id=message_id[1][:SHORT_ID] if message_id else "",
    )


def _fields(tags: str) -> dict[str, str]:
    return {name: value for name, _, value in (each.partition("=") for each in tags.split(";"))}


def _is_relayed(tags: str) -> bool:
    fields = _fields(tags)
    source = fields.get("source-room-id")
    return bool(source and source != fields.get("room-id")) or fields.get("msg-id") == RELAYED


def _note(command: str, tags: dict[str, str], t: float, facts: Facts) -> None:
    """Note raids, gifts and deletions as the live system does."""
    if command == "CLEARMSG":
        facts.note_event(t, "message_deleted", tags.get("target-msg-id", "")[:SHORT_ID])
    elif command == "CLEARCHAT":
        target = tags.get("target-user-id", "")
        facts.note_event(t, "chatter_cleared" if target else "chat_cleared", target)
    else:
        name = tags.get("msg-id", "")
        amount = tags.get(AMOUNTS.get(name, ""), "")
        if name in AMOUNTS and amount.isdecimal():
            facts.note_event(t, name, amount=int(amount))
        elif name in GIFTS_TO_ONE:
            facts.note_event(t, name, amount=1)


def _emotes(tag: str) -> str:
    """Return the emotes of a tag: "25:0-4,12-16/1902:6-10"."""
    emotes = [
        Emote("twitch", emote_id, *place)
        for part in tag.split("/")
        for emote_id, _, written in (part.partition(":"),)
        for place in places(written)
    ]
    return _encode(emotes).decode() if emotes else ""
