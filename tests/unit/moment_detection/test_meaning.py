"""Causes and mood reach a moment's revisions, and what happened in the room outlasts a restart."""

from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.detection.state import pack, unpack
from moment_detection.evidence.text_store import ROOM_EVENTS_SLOT, forget_texts

START = 1_000_000 * 60
RULES = Rules(4.0, moments_per_hour=1000.0, clips_per_hour=1000.0)


def row(second: int, texts: list[str], *controls: str) -> SecondRow:
    pieces = PIECE.join(FIELD.join((f"{second}c{n}", f"{second:04}{n:04}", "[]", text)) for n, text in enumerate(texts))
    return SecondRow(START + second, len(texts), len(texts), pieces or None, PIECE.join(controls) or None)


def control(second: int, kind: str, event: str, subject: str = "", amount: str = "") -> str:
    return FIELD.join((str((START + second) * 1000), kind, event, subject, amount, ""))


def moments(rows: list[SecondRow], restart_before: int = 0) -> list[Moment]:
    slots = DictSlots()
    channel = Channel("7", Detector(RULES), slots)
    found = []
    for each in rows:
        if each.second == START + restart_before:
            channel = Channel("7", unpack(pack(channel.detector), RULES), slots)
        found += channel.row(each)
    found += channel.advance(START + 600)
    told = [decode(record.topic, record.value) for _, record in found if record.topic == topics.MOMENTS.name]
    return [moment for moment in told if isinstance(moment, Moment)]


QUIET = [row(second, ["so it goes"]) for second in range(200)]
RAID = [
    row(200, [], control(200, "notice", "raid", amount="80")),
    *(row(second, ["FOXES RAID foxHype"] * 9 + ["welcome"]) for second in range(202, 207)),
]


def test_a_raid_is_known_once_the_peak_has_held_and_the_moment_is_not_clipped() -> None:
    raised, peaked, closed = moments(QUIET + RAID)
    assert (raised.causes, raised.no_clip_reason, raised.mood) == ([], None, None)
    assert (peaked.causes, peaked.no_clip_reason) == (["raid"], "cause")
    assert (closed.causes, closed.no_clip_reason) == (["raid"], "cause")


def test_the_raid_outlasts_a_restart() -> None:
    assert moments(QUIET + RAID, restart_before=203) == moments(QUIET + RAID)


def test_a_moment_tells_its_mood_and_the_share_of_people() -> None:
    told = moments(QUIET + [row(second, ["LUL"] * 6 + ["KEKW", "hm"]) for second in range(200, 205)])
    assert [(each.mood, each.causes, each.no_clip_reason) for each in told[1:]] == [("laughter", [], None)] * 2
    assert told[1].mood_share is not None
    assert 0.7 < told[1].mood_share < 0.9


def test_without_the_notice_it_is_only_a_copied_call() -> None:
    assert moments(QUIET + RAID[1:])[1].causes == []


def test_a_forgotten_channel_leaves_nothing() -> None:
    slots = DictSlots()
    channel = Channel("7", Detector(RULES), slots)
    channel.row(RAID[0])
    assert ROOM_EVENTS_SLOT in slots.slots
    forget_texts(slots)
    assert slots.slots == {}
