"""Raids, gifts and changed chat rules of a channel's last minutes, kept as text beside its messages."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from moment_detection.detection.channel_events import ChannelEvent
from moment_detection.evidence.text_store import ROOM_EVENTS_SLOT, SlotStore

KEPT_SECONDS = 180  # a raid's people write for a minute, and a moment may take 90 s to its peak
KEPT_EVENTS = 64  # the newest; a channel has some ten in three minutes
GIFT_SECONDS = 10  # gifts that follow each other this fast are one event: a gift of 100 is 101 notices
AMOUNT_LIMIT = 1_000_000  # viewers, gifts: bounds what is kept
RoomEventKind = Literal["raid", "gifts", "mode"]
KINDS: dict[str, RoomEventKind] = {"raid": "raid", "gifts": "gifts", "mode": "mode"}
GIFTS_TO_ONE = ("subgift", "anonsubgift")
NOTICE_TYPES = ("raid", *GIFTS_TO_ONE, "submysterygift", "anonsubmysterygift")
MODES = ("emote_only", "subscribers_only", "slow", "followers_only", "unique_only")
OFF = ("FALSE", "0", "-1", "")  # values of a rule that is not in force
FIELD, LINE = "\t", "\n"  # of the kept text


class RoomEvent(NamedTuple):
    """A raid, a train of gifts, or a changed rule. `second`: since 1970, of its first notice.

    `amount`: a raid's viewers, gifts given, or 1 for a rule turned on and 0 for one turned off. `subject`: the rule
    ("slow"). Twitch announces a gift to many ("submysterygift" with a count) and then names each recipient: `named`
    and `announced` count these, and `amount` is the larger one.
    """

    second: int
    kind: RoomEventKind
    amount: int
    subject: str = ""
    named: int = 0
    announced: int = 0


class RecentRoomEvents(NamedTuple):
    """What is kept of a channel. `rules`: (rule, last value), so that a repeated value is no change."""

    events: Sequence[RoomEvent] = ()
    rules: Sequence[tuple[str, str]] = ()


def concerns_room(event: ChannelEvent) -> bool:
    """Return whether a channel event is kept here: a raid, gifts, or the chat's rules."""
    return event.kind == "room_state" or (event.kind == "notice" and event.name in NOTICE_TYPES)


def add_events(recent: RecentRoomEvents, second: int, channel_events: Iterable[ChannelEvent]) -> RecentRoomEvents:
    """Return what is kept after the channel events of `second`, in their order."""
    events, rules = list(recent.events), dict(recent.rules)
    for event in channel_events:
        if event.kind == "room_state":
            events += _changed_rules(second, event, rules)
        elif event.name == "raid":
            events.append(RoomEvent(second, "raid", min(event.amount, AMOUNT_LIMIT)))
        elif event.name in NOTICE_TYPES:
            _add_gift(events, second, event)
    kept = [each for each in events if each.second > second - KEPT_SECONDS]
    return RecentRoomEvents(tuple(kept[-KEPT_EVENTS:]), tuple(sorted(rules.items())))


def _changed_rules(second: int, event: ChannelEvent, rules: dict[str, str]) -> list[RoomEvent]:
    """Update `rules` by a ROOMSTATE; returns the changes. A rule's first value, on joining, is no change."""
    found = []
    for assignment in event.subject.split():
        name, _, value = assignment.partition("=")
        if name not in MODES:
            continue
        before = rules.get(name)
        rules[name] = value
        if before is not None and (before in OFF) != (value in OFF):
            found.append(RoomEvent(second, "mode", int(value not in OFF), name))
    return found


def _add_gift(events: list[RoomEvent], second: int, event: ChannelEvent) -> None:
    """Add a gift to the last train of gifts if that is recent, else begin a new one."""
    index = next((each for each in reversed(range(len(events))) if events[each].kind == "gifts"), None)
    train = events.pop(index) if index is not None and second - events[index].second < GIFT_SECONDS else None
    first, named, announced = (train.second, train.named, train.announced) if train else (second, 0, 0)
    if event.name in GIFTS_TO_ONE:
        named = min(named + 1, AMOUNT_LIMIT)
    else:
        announced = min(announced + event.amount, AMOUNT_LIMIT)
    events.append(RoomEvent(first, "gifts", max(named, announced), named=named, announced=announced))


def pack(recent: RecentRoomEvents) -> str:
    """Return it as text: one line per event, then one per rule."""
    lines = [FIELD.join(map(str, event)) for event in recent.events]
    return LINE.join(lines + [FIELD.join(rule) for rule in recent.rules])


def unpack(text: str | None) -> RecentRoomEvents:
    """Return what `pack` was given; nothing kept for None."""
    events, rules = [], []
    for line in (text or "").split(LINE):
        fields = line.split(FIELD)
        if len(fields) == len(RoomEvent._fields):
            second, kind, amount, subject, named, announced = fields
            events.append(RoomEvent(int(second), KINDS[kind], int(amount), subject, int(named), int(announced)))
        elif len(fields) == len(("rule", "value")):
            rules.append((fields[0], fields[1]))
    return RecentRoomEvents(tuple(events), tuple(rules))


def put_room_events(store: SlotStore, second: int, channel_events: Sequence[ChannelEvent]) -> None:
    """Keep the room events of `second`; a second without any touches no state."""
    concerning = [event for event in channel_events if concerns_room(event)]
    if concerning:
        recent = add_events(unpack(store.get(ROOM_EVENTS_SLOT)), second, concerning)
        store.put(ROOM_EVENTS_SLOT, pack(recent))


def recent_events(store: SlotStore) -> Sequence[RoomEvent]:
    """Return the room events of the last minutes."""
    return unpack(store.get(ROOM_EVENTS_SLOT)).events
