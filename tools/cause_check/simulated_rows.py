"""Turn the simulator's IRC lines into the detector's rows: capture's parser, then what the job's SQL does."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from chat_analysis.recording import SEPARATORS
from contracts.chat_messages import Coverage, Lifecycle, Message, Notice, Record, RoomState
from moment_detection.channel import SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE, SHORT_ID
from moment_detection.evidence.chat_message import TEXT_LIMIT
from stream_monitoring.chat.irc_line import parse_line
from stream_monitoring.chat.parser import Context, interpret, message_in

RULES = {  # RoomState's field: the rule's name in the SQL
    "emote_only": "emote_only",
    "subscribers_only": "subscribers_only",
    "slow_seconds": "slow",
    "followers_only_minutes": "followers_only",
    "unique_only": "unique_only",
}


def parse_records(lines: Iterable[tuple[int, str]]) -> Iterator[Record]:
    """Yield the records of (time received in ms, line without its end); lines without a record are left out."""
    context = Context("check", lambda user_id: user_id, {})
    for received_at, line in lines:
        context.received_at = context.twitch_now = received_at
        parsed = parse_line(line.encode())
        record = interpret(parsed, context)
        if isinstance(record, Message | Notice | RoomState):
            yield record
        if isinstance(record, Notice) and (message := message_in(record, parsed, context)) is not None:
            yield message


def second_rows(records: Iterable[Record]) -> list[SecondRow]:
    """Return one row per second with records, in order of time, as sql/records.sql and sql/seconds.sql make them."""
    messages: dict[int, list[Message]] = defaultdict(list)
    events: dict[int, list[str]] = defaultdict(list)
    for record in records:
        if isinstance(record, Message):
            messages[record.sent_at // 1000].append(record)
        else:
            events[record.sent_at // 1000].append(event_piece(record))
    return [
        _row(second, messages.get(second, []), events.get(second, []))
        for second in sorted(messages.keys() | events.keys())
    ]


def _row(second: int, messages: list[Message], events: list[str]) -> SecondRow:
    return SecondRow(
        second=second,
        messages=len(messages),
        chatters=len({message.chatter for message in messages}),
        pieces=PIECE.join(map(piece, messages)) or None,
        events=PIECE.join(events) or None,
    )


def piece(message: Message) -> str:
    """Return one message as the SQL writes it."""
    text = message.text[:TEXT_LIMIT].translate(SEPARATORS)
    emotes = msgspec.json.encode(message.emotes).decode()
    return FIELD.join((message.chatter, message.message_id[:SHORT_ID], emotes, text))


def event_piece(record: Record) -> str:
    """Return one record other than a message as the SQL writes it."""
    match record:
        case Lifecycle():
            fields = ["lifecycle", record.event, record.stream_id, str(record.stream_started_at), ""]
        case Coverage():
            fields = ["coverage", record.event, "", str(record.gap_from_at or ""), str(record.gap_until_at or "")]
        case Notice():
            subject = (record.target_message_id or "")[:SHORT_ID] or record.target_chatter or ""
            fields = ["notice", record.notice_type, subject, str(record.amount or ""), ""]
        case RoomState():
            values = ((RULES[name], getattr(record, name)) for name in RULES)
            subject = " ".join(f"{rule}={str(value).upper()}" for rule, value in values if value is not None)
            fields = ["room_state", "", subject, "", ""]
        case _:
            raise TypeError(f"the SQL passes on no event of {type(record).__name__}")
    return FIELD.join((str(record.sent_at), *fields))
