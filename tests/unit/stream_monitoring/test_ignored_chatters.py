"""Well-known bots count for nothing, whatever they write and however."""

import pytest

from contracts.chat_messages import Message, Notice
from stream_monitoring.chat.ignored_chatters import read_logins

from .chat_lines import OTHER_ID, Reading, line, slowly
from .test_shared_chat import notice


def of_bot(raw: bytes) -> bytes:
    return raw.replace(b":foo!foo@foo", b":nightbot!nightbot@nightbot")


@pytest.mark.parametrize("way", [bytes, slowly])
def test_a_bots_message_is_dropped_and_counted(way) -> None:
    reading = Reading(ignored={"nightbot"})
    found = reading.read(way(of_bot(line("buy"))), way(line("nightbot", message_id=OTHER_ID)))
    assert [each.text for each in found] == ["nightbot"]
    assert reading.reader.counts.ignored == 1
    assert sum(reading.reader.counts.paths.values()) == 2


def test_a_bots_announcement_is_no_message() -> None:
    found = Reading(ignored={"ann"}).read(notice("announcement", "buy"))
    assert [type(each) for each in found] == [Notice]
    assert {type(each) for each in Reading().read(notice("announcement", "hello"))} == {Notice, Message}


def test_a_file_names_them_and_there_is_a_list_without_one(tmp_path) -> None:
    path = tmp_path / "bots.txt"
    path.write_text("# ours\n\n@OurBot  # answers\nother_bot\n")
    assert read_logins(path) == {"ourbot", "other_bot"}
    assert "nightbot" in read_logins(None)


def test_two_logins_on_a_line_are_refused(tmp_path) -> None:
    path = tmp_path / "bots.txt"
    path.write_text("one two\n")
    with pytest.raises(ValueError, match="one two"):
        read_logins(path)
