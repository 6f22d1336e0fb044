"""From the simulator's lines to the detector's rows: parsed as the collector does, put together as the SQL does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from chat_analysis.recording import SEPARATORS, TEXT_LIMIT
from contracts.chat_messages import Coverage, Lifecycle, Message, Notice, Record, RoomState
from moment_detection.channel import SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID
from stream_monitoring.chat.irc_line import parse_line
from stream_monitoring.chat.parser import Context, interpret

RULES = {
    "emote_only": "emote_only",
    "subscribers_only": "subscribers_only",
    "slow_seconds": "slow",
    "followers_only_minutes": "followers_only",
    "unique_only": "unique_only",
}


def records(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """The records of (when it was heard in ms, line without its end)."""
    context = Context("check", lambda user_id: user_id, {})
    for heard_at, line in lines:
        context.received_at = context.twitch_now = heard_at
        told = interpret(parse_line(line.encode()), context)
        if isinstance(told, Message | Notice | RoomState):
            yield told


def rows(told: Iterable[Record]) -> list[SecondRow]:
    """One row a second with records, in order of time; the counterpart of sql/records.sql and sql/seconds.sql."""
    messages: dict[int, list[Message]] = defaultdict(list)
    controls: dict[int, list[str]] = defaultdict(list)
    for record in told:
        if isinstance(record, Message):
            messages[record.sent_at // 1000].append(record)
        else:
            controls[record.sent_at // 1000].append(control(record))
    return [
        SecondRow(
            second,
            len(said := messages.get(second, [])),
            len({message.chatter for message in said}),
            PIECE.join(map(piece, said)) or None,
            PIECE.join(controls.get(second, [])) or None,
        )
        for second in sorted(messages.keys() | controls.keys())
    ]


def piece(message: Message) -> str:
    """One message as the window hands it over."""
    text = message.text[:TEXT_LIMIT].translate(SEPARATORS)
    emotes = msgspec.json.encode(message.emotes).decode()
    return FIELD.join((message.chatter, message.message_id[:SHORT_ID], emotes, text))


def control(record: Record) -> str:
    """One record that is no message, as the window hands it over."""
    match record:
        case Lifecycle():
            fields = ["lifecycle", record.event, record.stream_id, str(record.stream_started_at), ""]
        case Coverage():
            fields = ["coverage", record.event, "", str(record.gap_from_at or ""), str(record.gap_until_at or "")]
        case Notice():
            subject = (record.target_message_id or "")[:SHORT_ID] or record.target_chatter or ""
            fields = ["notice", record.notice_type, subject, str(record.amount or ""), ""]
        case RoomState():
            named = ((RULES[name], getattr(record, name)) for name in RULES)
            subject = " ".join(f"{rule}={str(value).upper()}" for rule, value in named if value is not None)
            fields = ["room_state", "", subject, "", ""]
        case _:
            raise TypeError(f"{type(record).__name__} has no control")
    return FIELD.join((str(record.sent_at), *fields))
