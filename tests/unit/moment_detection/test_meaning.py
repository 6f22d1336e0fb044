"""Causes and mood reach a moment's revisions, and room events outlast a restart."""

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


def moments(rows: list[SecondRow], restart_before: int = 0, rules: Rules = RULES) -> list[Moment]:
    slots = DictSlots()
    channel = Channel("7", Detector(rules), slots)
    found = []
    for each in rows:
        if each.second == START + restart_before:
            channel = Channel("7", unpack(pack(channel.detector), rules), slots)
        found += channel.row(each)
    found += channel.advance(START + 600)
    decoded = [decode(record.topic, record.value) for _, record in found if record.topic == topics.MOMENTS.name]
    return [moment for moment in decoded if isinstance(moment, Moment)]


QUIET = [row(second, ["so it goes"]) for second in range(200)]
RAID = [
    row(200, [], control(200, "notice", "raid", amount="80")),
    *(row(second, ["FOXES RAID foxHype"] * 9 + ["welcome"]) for second in range(202, 207)),
]


def test_a_raid_is_found_once_the_peak_has_held() -> None:
    raised, peaked, closed = moments(QUIET + RAID)
    assert (raised.causes, raised.no_clip_reason, raised.mood) == ([], None, None)
    assert (peaked.causes, peaked.no_clip_reason) == (["raid"], "cause")
    assert (closed.causes, closed.no_clip_reason) == (["raid"], "cause")


def test_a_moment_ruled_out_by_its_cause_uses_no_clip_rate() -> None:
    """At one clip in these minutes the laughter after the raid gets it; after other laughter it would not."""
    one_clip = Rules(4.0, moments_per_hour=1000.0, clips_per_hour=1.0)
    laughter = [row(second, ["LUL"] * 8) for second in range(320, 325)]
    between = [row(second, ["so it goes"]) for second in range(210, 320)]
    first = [row(second, ["KEKW"] * 10) for second in range(202, 207)]
    assert moments([*QUIET, *first, *between, *laughter], rules=one_clip)[-1].no_clip_reason == "rate"
    for restart_before in (0, 300):
        after_raid = moments([*QUIET, *RAID, *between, *laughter], restart_before, rules=one_clip)
        assert [each.no_clip_reason for each in after_raid] == [None, "cause", "cause", None, None, None]


def test_the_raid_outlasts_a_restart() -> None:
    assert moments(QUIET + RAID, restart_before=203) == moments(QUIET + RAID)


def test_a_moment_has_its_mood_and_the_share_of_chatters() -> None:
    found = moments(QUIET + [row(second, ["LUL"] * 6 + ["KEKW", "hm"]) for second in range(200, 205)])
    assert [(each.mood, each.causes, each.no_clip_reason) for each in found[1:]] == [("laughter", [], None)] * 2
    assert found[1].mood_share is not None
    assert 0.7 < found[1].mood_share < 0.9


def test_without_its_notice_a_raid_is_no_cause() -> None:
    assert moments(QUIET + RAID[1:])[1].causes == []


def test_a_forgotten_channel_leaves_nothing() -> None:
    slots = DictSlots()
    channel = Channel("7", Detector(RULES), slots)
    channel.row(RAID[0])
    assert ROOM_EVENTS_SLOT in slots.slots
    forget_texts(slots)
    assert slots.slots == {}
