"""What Twitch relays from another room of a Shared Chat session is no record of this room."""

from itertools import count

import pytest

from contracts.chat_messages import Message, Notice

from .chat_lines import MESSAGE_ID, NOW, OTHER_ID, Reading, line, slowly

ROOM, ELSEWHERE = "42", "111"
BYTES_IN = (bytes, slowly)


def in_session(source_room: str, raw: bytes | None = None, only: str = ";source-only=0") -> bytes:
    """A line of room 42 during a session, written in `source_room`."""
    source = (
        f"room-id=42;source-badge-info=;source-badges=vip/1;source-id={OTHER_ID}{only};source-room-id={source_room}"
    )
    return (raw or line()).replace(b"room-id=42", source.encode())


def notice(kind: str, text: str = "", **tags: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}={value};" for name, value in tags.items())
    ending = f" :{text}" if text else ""
    return (
        f"@badge-info=;badges={tags.get('badges', '')};id={MESSAGE_ID};login=ann;{more}msg-id={kind};room-id=42;"
        f"tmi-sent-ts={NOW};user-id=9 :tmi.twitch.tv USERNOTICE #bar{ending}"
    ).encode()


@pytest.mark.parametrize("way", BYTES_IN)
@pytest.mark.parametrize("only", ["", ";source-only=0", ";source-only=1"])
def test_a_message_of_another_room_is_dropped_and_counted(way, only) -> None:
    reading = Reading()
    assert reading.read(way(in_session(ELSEWHERE, only=only))) == []
    assert reading.reader.counts.relayed == 1
    assert not reading.reader.counts.records.total()
    assert reading.kept.counted == 0


@pytest.mark.parametrize("way", BYTES_IN)
@pytest.mark.parametrize("only", ["", ";source-only=0", ";source-only=1"])
def test_the_rooms_own_message_in_a_session_counts_once(way, only) -> None:
    reading = Reading()
    own = way(in_session(ROOM, only=only))
    (message,) = reading.read(own, own)
    assert (message.channel_id, message.text) == (ROOM, "hi")
    assert (reading.reader.counts.relayed, reading.reader.counts.duplicates) == (0, 1)


def test_lines_of_a_session_take_the_fast_path() -> None:
    reading = Reading()
    reading.read(in_session(ROOM), in_session(ELSEWHERE))
    assert reading.reader.counts.paths == {"fast": 2, "slow": 0}


@pytest.mark.parametrize("way", BYTES_IN)
def test_the_id_of_a_relayed_message_is_not_remembered(way) -> None:
    reading = Reading()
    assert reading.read(way(in_session(ELSEWHERE))) == []
    assert len(reading.read(way(line()))) == 1


@pytest.mark.parametrize("way", BYTES_IN)
def test_a_relayed_message_of_a_wrong_time_is_no_bad_line(way) -> None:
    reading = Reading()
    relayed = in_session(ELSEWHERE, line(sent=NOW + 365 * 86_400_000))
    assert reading.read(way(relayed)) == []
    assert reading.reader.read(way(in_session(ELSEWHERE)) + b"\r\n", NOW) == ([], 0)
    assert reading.kept.counted == 0


@pytest.mark.parametrize("way", BYTES_IN)
@pytest.mark.parametrize("chunks", [1, 3])
def test_thirty_people_relayed_to_two_rooms_are_thirty(way, chunks) -> None:
    """All three rooms are watched; each relayed copy has an id of its own."""
    ids = (f"00000000-0000-0000-0000-{number:012}" for number in count())
    lines = []
    for room in ("111", "222", "333"):
        for person in range(30):
            raw = in_session("111", line(message_id=next(ids))).replace(b"user-id=7;", b"user-id=%d;" % (100 + person))
            lines.append(way(raw.replace(b";room-id=42;", f";room-id={room};".encode())))
    reading = Reading()
    size = len(lines) // chunks
    found = [each for at in range(0, len(lines), size) for each in reading.read(*lines[at : at + size])]
    assert {(each.channel_id, type(each)) for each in found} == {("111", Message)}
    assert len(found) == len({each.chatter for each in found}) == 30
    assert reading.reader.counts.relayed == 60


def test_notices_from_elsewhere_are_no_notices_of_this_room() -> None:
    reading = Reading()
    relayed = {"source_room_id": ELSEWHERE, "source_id": OTHER_ID}
    assert reading.read(notice("sharedchatnotice", source_msg_id="raid", **relayed)) == []
    assert reading.read(notice("raid", msg_param_viewerCount="500", **relayed)) == []
    assert reading.read(notice("sharedchatnotice", "words", source_msg_id="resub")) == []
    assert reading.reader.counts.relayed == 3
    (own,) = reading.read(notice("raid", msg_param_viewerCount="500", source_room_id=ROOM))
    assert (own.notice_type, own.amount) == ("raid", 500)


@pytest.mark.parametrize("command", ["CLEARMSG #bar :words", "CLEARCHAT #bar :ann"])
def test_a_deletion_in_another_room_is_dropped(command) -> None:
    tags = f"login=ann;room-id=42;source-room-id=111;target-msg-id=abc;target-user-id=9;tmi-sent-ts={NOW}"
    reading = Reading()
    assert reading.read(f"@{tags} :tmi.twitch.tv {command}".encode()) == []
    assert reading.reader.counts.relayed == 1


def test_a_room_without_a_room_id_tag_is_known_by_its_name() -> None:
    reading = Reading()
    reading.read(b"@room-id=42;slow=0 :tmi.twitch.tv ROOMSTATE #bar")
    own = in_session(ROOM).replace(b"room-id=42;source-badge", b"source-badge")
    assert [type(each) for each in reading.read(own)] == [Message]
    assert reading.read(own.replace(b"source-room-id=42", b"source-room-id=111")) == []


def test_a_notice_that_is_new_is_a_notice() -> None:
    (own,) = Reading().read(notice("sub"))
    assert isinstance(own, Notice)
