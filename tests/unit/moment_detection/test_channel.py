"""A channel's texts and records: every interleaving and every restore gives the same records."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import topics
from contracts.codec import decode
from moment_detection.channel import Channel, DictSlots, SecondRow
from moment_detection.detection.channel_events import FIELD, PIECE
from moment_detection.detection.detector import Detector
from moment_detection.detection.rules import Rules
from moment_detection.detection.state import pack, unpack
from moment_detection.messages import ResultRecord

START = 1_000_000 * 60
RULES = Rules(4.0)


def row(second: int, people: int, word: str = "wow") -> SecondRow:
    pieces = PIECE.join(FIELD.join((f"c{n}", f"{second:04}{n:04}", "[]", word)) for n in range(people))
    return SecondRow(START + second, people, people, pieces or None, None)


ROWS = [
    *(row(second, 1, "hi") for second in range(200)),
    *(row(second, 20) for second in range(200, 206)),
    *(row(second, 1) for second in range(206, 400, 3)),
    *(row(second, 25, "again") for second in range(400, 404)),
    *(row(second, 1) for second in range(404, 500)),
]


def records_of(channel: Channel) -> list[tuple[int, ResultRecord]]:
    found = [record for each in ROWS for record in channel.row(each)]
    return found + channel.advance(START + 600)


def test_evidence_has_the_windows_people_and_the_moments_words() -> None:
    slots = DictSlots()
    records = [record for _, record in records_of(Channel("7", Detector(RULES), slots))]
    moments = [decode(record.topic, record.value) for record in records if record.topic == topics.MOMENTS.name]
    assert [moment.revision for moment in moments] == ["raised", "peaked", "closed"] * 2
    assert [word.word for word in moments[2].evidence.words] == ["wow"]
    assert [word.word for word in moments[5].evidence.words] == ["again"]
    assert moments[2].evidence.window_chatters == 20
    assert len({moment.moment_id for moment in moments}) == 2
    assert len(slots.slots) <= 8  # a closed moment leaves no texts behind


def test_without_texts_there_are_no_words() -> None:
    """Chatters of the window are then the sum over its seconds."""
    without = records_of(Channel("7", Detector(RULES), None))
    moments = [decode(record.topic, record.value) for _, record in without if record.topic == topics.MOMENTS.name]
    assert [moment.revision for moment in moments] == ["raised", "peaked", "closed"] * 2
    assert moments[2].evidence.window_chatters == 6 * 20 + 1
    assert moments[2].evidence.words == []


def test_commands_and_repeats_raise_no_moment() -> None:
    """Forty people write "!join" to a bot, then one person writes forty messages."""
    quiet = [row(second, 1, "hi") for second in range(200)]
    command = row(200, 40, "!join")
    pieces = PIECE.join(FIELD.join(("c1", f"{n:08}", "[]", "buy now")) for n in range(40))
    channel = Channel("7", Detector(RULES), DictSlots())
    records = [record for each in [*quiet, command] for record in channel.row(each)]
    records += channel.row(SecondRow(START + 220, 40, 40, pieces, None)) + channel.advance(START + 300)
    assert {record.topic for _, record in records} == {topics.CHAT_COUNTS.name}


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_timers_replays_and_restores_change_no_record(data: st.DataObject) -> None:
    expected = records_of(Channel("7", Detector(RULES), DictSlots()))
    slots = DictSlots()
    channel = Channel("7", Detector(RULES), slots)
    found: list[tuple[int, ResultRecord]] = []
    chosen = data.draw(st.lists(st.integers(0, len(ROWS) - 1), max_size=40).map(set))
    for index, each in enumerate(ROWS):
        if index in chosen:
            found += channel.advance(each.second - 1)
            channel = Channel("7", unpack(pack(channel.detector), RULES), slots)
            assert [channel.row(again) for again in ROWS[max(0, index - 9) : index]] == [[]] * min(index, 9)
        found += channel.row(each)
    assert found + channel.advance(START + 600) == expected
