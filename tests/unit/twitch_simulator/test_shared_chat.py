"""Shared Chat: each room of a session shows a line as its own, with where it was written."""

from random import Random

import pytest

from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.delivery.notices import user_notice
from twitch_simulator.delivery.shared_chat import SharedChat, tag
from twitch_simulator.irc import irc_lines

HERE, THERE, THIRD, OTHER = plan_channels(1, 4)
ANN = Chatter("9", "ann", "Ann", 3, False, "")
NEW_ID = "00000000-0000-0000-0000-000000000001"
TEXT = "a :b ;id=x; #c PRIVMSG #d :e"


def message() -> str:
    head, mod, sub, tail = irc_lines.privmsg_parts(ANN)
    tags = f"{head};first-msg=0;flags=;id=m1{mod};returning-chatter=0;room-id={HERE.channel_id}{sub}7{tail}"
    return f"{tags}{HERE.login} :{TEXT}\r\n"


def raid() -> str:
    return user_notice(Random(1), HERE, "raid", (ANN, ANN), 50, 7)[0]


@pytest.fixture
def session() -> SharedChat:
    shared = SharedChat(lambda: NEW_ID)
    shared.start([HERE, THERE, THIRD])
    return shared


def test_a_message_is_shown_in_every_room_of_the_session(session) -> None:
    copies = dict(session.copies(HERE.login, message()))
    assert list(copies) == [HERE.login, THERE.login, THIRD.login]
    for channel in (HERE, THERE, THIRD):
        line = copies[channel.login]
        assert tag(line, "room-id") == channel.channel_id
        assert (tag(line, "source-room-id"), tag(line, "source-id")) == (HERE.channel_id, "m1")
        assert (tag(line, "user-id"), tag(line, "tmi-sent-ts")) == ("9", "7")
        assert line.endswith(f" PRIVMSG #{channel.login} :{TEXT}\r\n")
    assert tag(copies[HERE.login], "id") == "m1"
    assert tag(copies[THERE.login], "id") == NEW_ID


def test_tags_keep_twitchs_alphabetical_order(session) -> None:
    for _, line in session.copies(HERE.login, message()):
        names = [each.partition("=")[0] for each in line[1:].partition(" ")[0].split(";")]
        assert names == sorted(names)


def test_a_notice_is_relayed_as_one_of_a_shared_chat(session) -> None:
    copies = dict(session.copies(HERE.login, raid()))
    assert (tag(copies[HERE.login], "msg-id"), tag(copies[HERE.login], "source-msg-id")) == ("raid", "raid")
    relayed = copies[THERE.login]
    assert (tag(relayed, "msg-id"), tag(relayed, "source-msg-id")) == ("sharedchatnotice", "raid")
    assert relayed.endswith(f" USERNOTICE #{THERE.login}")


def test_outside_of_a_session_a_line_stays_as_it_is(session) -> None:
    assert list(session.copies(OTHER.login, message())) == [(OTHER.login, message())]
    session.leave(HERE.login)
    assert list(session.copies(HERE.login, message())) == [(HERE.login, message())]
    assert session.is_open(THERE.login)
    session.leave(THERE.login)
    assert not session.is_open(THIRD.login)


def test_a_channel_is_in_one_session_at_most(session) -> None:
    session.start([THIRD, OTHER])
    assert [login for login, _ in session.copies(HERE.login, message())] == [HERE.login, THERE.login]
    assert [login for login, _ in session.copies(OTHER.login, message())] == [THIRD.login, OTHER.login]
