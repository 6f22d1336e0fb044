"""Turn one parsed IRC line into the record or the event that it stands for."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contracts.chat_messages import SCHEMA_VERSION, Emote, Message, Notice, RoomState
from stream_monitoring.chat.irc_line import IrcLine, MalformedLineError

EMOTE = re.compile(r"[^:;,/ ]+:[0-9]{1,6}-[0-9]{1,6}(?:,[0-9]{1,6}-[0-9]{1,6})*")
AMOUNT_TAGS = {
    "raid": "msg-param-viewerCount",
    "submysterygift": "msg-param-mass-gift-count",
    "anonsubmysterygift": "msg-param-mass-gift-count",
}
SINGLE_GIFTS = ("subgift", "anonsubgift")
RELAYED_NOTICE = "sharedchatnotice"  # another room's USERNOTICE, its kind in `source-msg-id`
BOT_BADGE = "bot-badge/"
SMALLEST_TIME = 1_000_000_000_000  # 2001: what is smaller is no time in milliseconds
LARGEST_TIME = 9_999_999_999_999
ACTION = "\x01ACTION "


@dataclass(frozen=True, slots=True)
class Joined:
    """The channel's first ROOMSTATE: its messages come on this socket from now on."""

    login: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class Pinged:
    """Twitch sent PING."""

    token: str


@dataclass(frozen=True, slots=True)
class Ponged:
    """Twitch answered our PING."""

    token: str


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The login was accepted."""


@dataclass(frozen=True, slots=True)
class MovedOn:
    """Twitch asks us to connect again (RECONNECT)."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Twitch refused a command; `notice` is its msg-id."""

    login: str
    notice: str


Event = Joined | Pinged | Ponged | Welcomed | MovedOn | Noticed
Record = Message | Notice | RoomState


@dataclass(slots=True)
class Context:
    """What a line does not contain: when and by whom it was read, ids of channels, the hash of a chatter."""

    instance: str
    chatter_of: Callable[[bytes], bytes]
    channel_ids: dict[str, str]  # by login
    received_at: int = 0
    twitch_now: int = 0
    problems: list[str] = field(default_factory=list)  # of a line that still became a record

    def envelope(self, channel_id: str, sent_at: int) -> dict[str, Any]:
        """Return the fields that every record has."""
        return {
            "schema_version": SCHEMA_VERSION,
            "channel_id": channel_id,
            "sent_at": sent_at,
            "received_at": self.received_at,
            "instance": self.instance,
        }

    def chatter(self, user_id: str) -> str:
        """Return the keyed hash of a user id."""
        return self.chatter_of(user_id.encode()).decode()


def emotes_of(raw: str) -> list[Emote]:
    """Parse an emotes tag such as `25:0-4,12-16/1902:6-10`; raises MalformedLineError."""
    emotes = []
    for part in raw.split("/") if raw else ():
        if not EMOTE.fullmatch(part):
            raise MalformedLineError("the emotes tag is malformed")
        emote_id, _, places = part.partition(":")
        for place in places.split(","):
            start, _, end = place.partition("-")
            emotes.append(Emote("twitch", emote_id, int(start), int(end)))
    return emotes


def sent_at_of(line: IrcLine) -> int:
    """Return Twitch's time of the line, milliseconds; raises MalformedLineError."""
    sent_at = line.number("tmi-sent-ts")
    if not SMALLEST_TIME <= sent_at <= LARGEST_TIME:
        raise MalformedLineError(f"{line.command}: tmi-sent-ts is no time in milliseconds")
    return sent_at


def channel_of(line: IrcLine, context: Context) -> str:
    """Return the channel's id from its tag, or from an earlier ROOMSTATE; raises MalformedLineError."""
    channel_id = line.tags.get("room-id") or context.channel_ids.get(line.channel, "")
    if not (channel_id.isascii() and channel_id.isdigit()):
        raise MalformedLineError(f"{line.command}: tag room-id is missing or no number")
    return channel_id


def without_action(text: str) -> str:
    """Return the text, of a `/me` message without its marks."""
    return text[len(ACTION) :].removesuffix("\x01") if text.startswith(ACTION) else text


def known_emotes(line: IrcLine, context: Context) -> list[Emote]:
    """Return the emotes of a line's tag; a malformed tag is reported and names none."""
    try:
        return emotes_of(line.tags.get("emotes", ""))
    except MalformedLineError as error:
        context.problems.append(str(error))
        return []


def message_of(line: IrcLine, context: Context) -> Message:
    """Make the record of a PRIVMSG; one with malformed emotes counts without them."""
    if not line.channel:
        raise MalformedLineError("PRIVMSG: no channel")
    return Message(
        **context.envelope(channel_of(line, context), sent_at_of(line)),
        message_id=line.required("id"),
        chatter=context.chatter(str(line.number("user-id"))),
        text=without_action(line.text),
        emotes=known_emotes(line, context),
    )


def notice_id_of(*parts: object) -> str:
    """Make an id for a line to which Twitch gives none: the same line, the same id."""
    return hashlib.blake2b(":".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def user_notice_of(line: IrcLine, context: Context) -> Notice:
    """Make the record of a USERNOTICE: a raid, subscription, gift or announcement."""
    notice_type = line.required("msg-id")
    amount_tag = AMOUNT_TAGS.get(notice_type)
    amount = line.number(amount_tag) if amount_tag and line.tags.get(amount_tag) else None
    user_id = line.tags.get("user-id", "")
    return Notice(
        **context.envelope(channel_of(line, context), sent_at_of(line)),
        notice_id=line.required("id"),
        notice_type=notice_type,
        chatter=context.chatter(user_id) if user_id else None,
        amount=1 if notice_type in SINGLE_GIFTS else amount,
    )


def message_in(notice: Notice, line: IrcLine, context: Context) -> Message | None:
    """Return what a person wrote beside a resub, a watch streak or an announcement; None for nothing or a bot's text.

    It has the notice's id, which is also the one that a moderator's deletion names.
    """
    if not line.text or notice.chatter is None or BOT_BADGE in line.tags.get("badges", ""):
        return None
    return Message(
        **context.envelope(notice.channel_id, notice.sent_at),
        message_id=notice.notice_id,
        chatter=notice.chatter,
        text=without_action(line.text),
        emotes=known_emotes(line, context),
    )


def is_relayed(line: IrcLine, context: Context) -> bool:
    """Return whether Twitch relays this line from another room of a Shared Chat session."""
    source_id = line.tags.get("source-room-id")
    room_id = line.tags.get("room-id") or context.channel_ids.get(line.channel)
    return bool(source_id and source_id != room_id) or line.tags.get("msg-id") == RELAYED_NOTICE


def cleared_chat_of(line: IrcLine, context: Context) -> Notice:
    """Make the record of a CLEARCHAT: one chatter's messages were deleted, or all of the channel's."""
    channel_id, sent_at = channel_of(line, context), sent_at_of(line)
    target = line.tags.get("target-user-id", "")
    return Notice(
        **context.envelope(channel_id, sent_at),
        notice_id=notice_id_of("CLEARCHAT", channel_id, sent_at, target),
        notice_type="chatter_cleared" if target else "chat_cleared",
        target_chatter=context.chatter(target) if target else None,
    )


def deleted_message_of(line: IrcLine, context: Context) -> Notice:
    """Make the record of a CLEARMSG: one message was deleted."""
    channel_id, target = channel_of(line, context), line.required("target-msg-id")
    return Notice(
        **context.envelope(channel_id, sent_at_of(line)),
        notice_id=notice_id_of("CLEARMSG", channel_id, target),
        notice_type="message_deleted",
        target_message_id=target,
    )


def flag(line: IrcLine, tag: str) -> bool | None:
    """Return a tag that is 0 or 1; None where Twitch did not send it."""
    return line.tags[tag] == "1" if tag in line.tags else None


def number_or_off(line: IrcLine, tag: str) -> int | None:
    """Return a number, or -1 for off; None where Twitch did not send it; raises MalformedLineError."""
    if tag not in line.tags:
        return None
    return -1 if line.tags[tag] == "-1" else line.number(tag)


def room_state_of(line: IrcLine, context: Context) -> RoomState:
    """Make the record of a ROOMSTATE; it carries no time, so it gets Twitch's time now."""
    return RoomState(
        **context.envelope(channel_of(line, context), context.twitch_now),
        emote_only=flag(line, "emote-only"),
        followers_only_minutes=number_or_off(line, "followers-only"),
        unique_only=flag(line, "r9k"),
        slow_seconds=number_or_off(line, "slow"),
        subscribers_only=flag(line, "subs-only"),
    )


RECORDS: dict[str, Callable[[IrcLine, Context], Record]] = {
    "PRIVMSG": message_of,
    "USERNOTICE": user_notice_of,
    "CLEARCHAT": cleared_chat_of,
    "CLEARMSG": deleted_message_of,
    "ROOMSTATE": room_state_of,
}
EVENTS: dict[str, Callable[[IrcLine], Event]] = {
    "PING": lambda line: Pinged(line.text),
    "PONG": lambda line: Ponged(line.text),
    "001": lambda line: Welcomed(),
    "RECONNECT": lambda line: MovedOn(),
    "NOTICE": lambda line: Noticed(line.channel, line.tags.get("msg-id", line.text[:80])),
}
IGNORED = frozenset(
    {
        *("002", "003", "004", "353", "366", "372", "375", "376", "421", "CAP", "JOIN", "PART", "MODE", "HOSTTARGET"),
        *("USERSTATE", "GLOBALUSERSTATE", "WHISPER"),
    }
)


def interpret(line: IrcLine, context: Context) -> Record | Event | None:
    """Return the record or the event of a line, None where it has nothing new; raises MalformedLineError."""
    make = RECORDS.get(line.command)
    if make is not None:
        return make(line, context)
    event = EVENTS.get(line.command)
    if event is not None:
        return event(line)
    if line.command in IGNORED:
        return None
    raise MalformedLineError("unknown command")
