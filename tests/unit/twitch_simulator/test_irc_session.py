"""A client's conversation with the chat server, line by line."""

import pytest

from twitch_simulator.irc.irc_session import IrcSession, SessionContext
from twitch_simulator.irc.join_limit import JOINS, JoinLimit

CHANNEL_IDS = {f"room{number}": str(number) for number in range(60)}


@pytest.fixture
def session(sockets) -> IrcSession:
    connection, _ = sockets.connect(tags=False)
    tokens = {"good": "scout"}
    context = SessionContext(
        rooms=sockets.rooms,
        join_limit=JoinLimit(),
        clock=lambda: sockets.now,
        channel_id=CHANNEL_IDS.get,
        login_of_token=tokens.get,
    )
    return IrcSession(connection, context)


def sign_in(session: IrcSession) -> None:
    session.receive("CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership")
    session.receive("PASS SCHMOOPIIE")
    session.receive("NICK justinfan12345")


def test_capabilities_are_listed_acknowledged_and_refused(session: IrcSession) -> None:
    listed = session.receive("CAP LS 302")
    assert listed == [":tmi.twitch.tv CAP * LS :twitch.tv/tags twitch.tv/commands twitch.tv/membership"]
    assert session.receive("CAP REQ :twitch.tv/tags twitch.tv/commands") == [
        ":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands"
    ]
    assert session.receive("CAP REQ :sasl") == [":tmi.twitch.tv CAP * NAK :sasl"]
    assert session.receive("CAP END") == []


def test_an_anonymous_nick_is_welcomed(session: IrcSession) -> None:
    numerics = [line.split()[1] for line in session.receive("NICK justinfan12345")]
    assert numerics == ["001", "002", "003", "004", "375", "372", "376"]


def test_a_name_needs_a_valid_token(session: IrcSession) -> None:
    assert session.receive("NICK scout") == [":tmi.twitch.tv NOTICE * :Improperly formatted auth"]
    assert session.closing
    session.closing = False
    session.receive("PASS oauth:bad")
    assert session.receive("NICK scout") == [":tmi.twitch.tv NOTICE * :Login authentication failed"]
    assert session.closing
    session.receive("PASS oauth:good")
    assert session.receive("NICK scout")[0] == ":tmi.twitch.tv 001 scout :Welcome, GLHF!"


def test_joining_is_echoed_with_names_and_the_rooms_rules(session: IrcSession) -> None:
    sign_in(session)
    assert session.receive("JOIN #room7") == [
        ":justinfan12345!justinfan12345@justinfan12345.tmi.twitch.tv JOIN #room7",
        ":justinfan12345.tmi.twitch.tv 353 justinfan12345 = #room7 :justinfan12345",
        ":justinfan12345.tmi.twitch.tv 366 justinfan12345 #room7 :End of /NAMES list",
        "@emote-only=0;followers-only=-1;r9k=0;room-id=7;slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #room7",
    ]
    assert session.receive("JOIN #room7") == []
    assert session.receive("PART #room7") == [":justinfan12345!justinfan12345@justinfan12345.tmi.twitch.tv PART #room7"]
    assert session.receive("PART #room7") == []


def test_a_missing_room_is_named_in_a_notice(session: IrcSession) -> None:
    sign_in(session)
    (line,) = session.receive("JOIN #nobody")
    assert line.startswith("@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #nobody :")


def test_joins_above_the_limit_are_dropped_silently(session: IrcSession, sockets) -> None:
    sign_in(session)
    session.receive("JOIN " + ",".join(f"#room{number}" for number in range(25)))
    assert len(session.connection.channels) == JOINS
    assert session.context.join_limit.dropped == 5
    sockets.now += 9_999
    assert session.receive("JOIN #room40") == []
    sockets.now += 1
    assert len(session.receive("JOIN #room40")) == 4


def test_nobody_joins_before_signing_in(session: IrcSession) -> None:
    assert session.receive("JOIN #room1") == []
    assert session.connection.channels == set()


def test_pings_and_unknown_commands_are_answered(session: IrcSession) -> None:
    sign_in(session)
    assert session.receive("PING :hello there") == [":tmi.twitch.tv PONG tmi.twitch.tv :hello there"]
    assert session.receive("WHO #x") == [":tmi.twitch.tv 421 justinfan12345 WHO :Unknown command"]
    assert session.receive("") == []
    session.receive("QUIT")
    assert session.closing
