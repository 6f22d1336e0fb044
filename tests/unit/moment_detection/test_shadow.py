"""A trial detector: its moments are marked and never clipped, and it does not change the moments of the other."""

from contracts import topics
from contracts.codec import decode
from contracts.moments import Moment
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.detection.state import pack, unpack
from moment_detection.messages import ResultRecord

START = 1_000_000 * 60
RULES = Rules(6.0)
SHADOW = Rules(3.0, name="lower", shadow=True)


def row(second: int, people: int) -> SecondRow:
    pieces = PIECE.join(FIELD.join((f"c{n}", f"{second:04}{n:04}", "[]", "wow")) for n in range(people))
    return SecondRow(START + second, people, people, pieces or None, None)


ROWS = [
    *(row(second, 1) for second in range(200)),
    *(row(second, 8) for second in range(200, 203)),  # enough for the shadow
    *(row(second, 1) for second in range(203, 400)),
    *(row(second, 12 + 6 * (second - 400)) for second in range(400, 405)),  # for both, the shadow a second before
    *(row(second, 1) for second in range(405, 500)),
]


def records_of(channel: Channel, rows: list[SecondRow] = ROWS) -> list[ResultRecord]:
    found = [record for each in rows for _, record in channel.row(each)]
    return found + [record for _, record in channel.advance(START + 600)]


def moments(records: list[ResultRecord]) -> list[Moment]:
    return [decode(record.topic, record.value) for record in records if record.topic == topics.MOMENTS.name]


def test_its_moments_are_marked_and_never_clipped() -> None:
    found = moments(records_of(Channel("7", Detector(RULES, SHADOW), DictSlots())))
    shadow = [each for each in found if each.shadow]
    assert {each.detector_name for each in shadow} == {"lower"}
    assert {each.no_clip_reason for each in shadow} == {"shadow"}
    assert [each.revision for each in shadow] == ["raised", "peaked", "closed"] * 2
    assert len({each.moment_id for each in found}) == 3
    assert {each.no_clip_reason for each in found if not each.shadow} == {None}


def test_other_moments_are_the_same_without_it() -> None:
    alone = records_of(Channel("7", Detector(RULES), DictSlots()))
    both = records_of(Channel("7", Detector(RULES, SHADOW), DictSlots()))
    shadows = [record for record in both if b'"shadow":true' in record.value]
    assert [record for record in both if record not in shadows] == alone


def test_simultaneous_moments_have_texts_of_their_own() -> None:
    slots = DictSlots()
    found = moments(records_of(Channel("7", Detector(RULES, SHADOW), slots)))
    closed = {each.detector_name: each for each in found if each.revision == "closed" and each.score > RULES.threshold}
    assert [closed[name].evidence.words[0].chatters for name in ("lower", "crowd")] == [36, 36]
    assert closed["lower"].crossed_at < closed["crowd"].crossed_at
    assert len(slots.slots) <= 8


def test_adding_or_dropping_a_shadow_changes_nothing_else() -> None:
    alone = records_of(Channel("7", Detector(RULES), DictSlots()))
    for before, after in (((RULES,), (RULES, SHADOW)), ((RULES, SHADOW), (RULES,))):
        for cut in (200, 202, 401, 403):
            slots = DictSlots()
            channel = Channel("7", Detector(*before), slots)
            found = [record for each in ROWS[:cut] for _, record in channel.row(each)]
            channel = Channel("7", unpack(pack(channel.detector), *after), slots)
            found += records_of(channel, ROWS[cut:])
            assert [record for record in found if b'"shadow":true' not in record.value] == alone
            assert len(slots.slots) <= 8
