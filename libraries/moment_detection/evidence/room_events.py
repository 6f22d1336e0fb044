"""What happened in a room beside messages: raids, gifts, changed rules; the last minutes of it, as text and back."""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from moment_detection.detection.channel_events import ChannelEvent
from moment_detection.evidence.text_store import ROOM, SlotStore

KEPT_SECONDS = 180  # a raid's people write for a minute, and a moment may take 90 s to its peak
KEPT = 64  # happenings; a room has some ten in three minutes, the oldest go first
GIFT_SECONDS = 10  # gifts that follow each other this fast are one happening: a gift of 100 is 101 notices
AMOUNT_LIMIT = 1_000_000
HappeningKind = Literal["raid", "gifts", "mode"]
KINDS: dict[str, HappeningKind] = {"raid": "raid", "gifts": "gifts", "mode": "mode"}
NOTICE_TYPES = ("raid", "subgift", "submysterygift")
MODES = ("emote_only", "subscribers_only", "slow", "followers_only", "unique_only")
OFF = ("FALSE", "0", "-1", "")
FIELD, LINE = "\t", "\n"


class Happening(NamedTuple):
    """One of them. `second`: since 1970, of its first notice. `amount`: a raid's viewers, gifts given.

    mode: `subject` is the rule ("slow"), `amount` 1 where it was turned on and 0 where off. Twitch announces gifts to
    many ("submysterygift" with a count) and then names each; `named` counts the latter, `amount` is the larger one.
    """

    second: int
    kind: HappeningKind
    amount: int
    subject: str = ""
    named: int = 0
    announced: int = 0


class Room(NamedTuple):
    """What is remembered of a room. `rules`: the last word on each rule, so that a repeated word is no change."""

    happenings: Sequence[Happening] = ()
    rules: Sequence[tuple[str, str]] = ()


def concerns(control: ChannelEvent) -> bool:
    """Whether a control is remembered here."""
    return control.kind == "room_state" or (control.kind == "notice" and control.event in NOTICE_TYPES)


def remember(room: Room, second: int, controls: Iterable[ChannelEvent]) -> Room:
    """The room after the controls of `second`, in their order."""
    happenings, rules = list(room.happenings), dict(room.rules)
    for control in controls:
        if control.kind == "room_state":
            happenings += _changes(second, control, rules)
        elif control.event == "raid":
            happenings.append(Happening(second, "raid", min(control.amount, AMOUNT_LIMIT)))
        elif control.event in NOTICE_TYPES:
            _add_gift(happenings, second, control)
    recent = [each for each in happenings if each.second > second - KEPT_SECONDS]
    return Room(tuple(recent[-KEPT:]), tuple(sorted(rules.items())))


def _changes(second: int, control: ChannelEvent, rules: dict[str, str]) -> list[Happening]:
    """The rules that a ROOMSTATE changes. The first word on a rule, on joining, changes nothing."""
    found = []
    for word in control.subject.split():
        name, _, value = word.partition("=")
        if name not in MODES:
            continue
        before = rules.get(name)
        rules[name] = value
        if before is not None and (before in OFF) != (value in OFF):
            found.append(Happening(second, "mode", int(value not in OFF), name))
    return found


def _add_gift(happenings: list[Happening], second: int, control: ChannelEvent) -> None:
    at = next((place for place in reversed(range(len(happenings))) if happenings[place].kind == "gifts"), None)
    train = happenings.pop(at) if at is not None and second - happenings[at].second < GIFT_SECONDS else None
    first, named, announced = (train.second, train.named, train.announced) if train else (second, 0, 0)
    if control.event == "subgift":
        named = min(named + 1, AMOUNT_LIMIT)
    else:
        announced = min(announced + control.amount, AMOUNT_LIMIT)
    happenings.append(Happening(first, "gifts", max(named, announced), "", named, announced))


def pack(room: Room) -> str:
    """The room as text: a line a happening, then a line a rule."""
    lines = [FIELD.join(map(str, happening)) for happening in room.happenings]
    return LINE.join(lines + [FIELD.join(rule) for rule in room.rules])


def unpack(text: str | None) -> Room:
    """The room that `pack` was given; an empty one for None."""
    happenings, rules = [], []
    for line in (text or "").split(LINE):
        fields = line.split(FIELD)
        if len(fields) == len(Happening._fields):
            second, kind, amount, subject, named, announced = fields
            numbers = int(named), int(announced)
            happenings.append(Happening(int(second), KINDS[kind], int(amount), subject, *numbers))
        elif len(fields) == len(("rule", "value")):
            rules.append((fields[0], fields[1]))
    return Room(tuple(happenings), tuple(rules))


def keep_room(store: SlotStore, second: int, controls: Sequence[ChannelEvent]) -> None:
    """Remember what happened in `second`; most seconds have nothing of the kind and cost nothing."""
    told = [control for control in controls if concerns(control)]
    if told:
        store.put(ROOM, pack(remember(unpack(store.get(ROOM)), second, told)))


def happenings(store: SlotStore) -> Sequence[Happening]:
    """What is remembered of the room's last minutes."""
    return unpack(store.get(ROOM)).happenings
