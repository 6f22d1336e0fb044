"""Old and unusual lines: what a person wrote counts, whatever line it came in."""

import pytest

from contracts.chat_messages import Message, Notice
from stream_monitoring.chat.irc_line import parse_line
from stream_monitoring.chat.parser import Pinged

from .chat_lines import NOW, Reading, line, slowly
from .test_shared_chat import notice


def records(*lines: bytes) -> tuple[list[Message], list[Notice]]:
    """The messages and the notices in these lines."""
    found = Reading().read(*lines)
    return [each for each in found if isinstance(each, Message)], [each for each in found if isinstance(each, Notice)]


def test_a_text_of_one_word_needs_no_colon() -> None:
    head = line().removesuffix(b":hi")
    for word in (b"word", b"#tag", b"a:b"):
        (message,) = Reading().read(head + word)
        assert message.text == word.decode()
    (empty,) = Reading().read(head.rstrip())
    assert empty.text == ""


def test_a_ping_without_a_colon_is_answered() -> None:
    for raw in (b"PING x\r\n", b"PING :x\r\n", b":tmi.twitch.tv PING x\r\n"):
        events, _ = Reading().reader.read(raw, NOW)
        assert events == [Pinged("x")]


@pytest.mark.parametrize(
    ("raw", "channel", "text"),
    [
        (b"ROOMSTATE #bar", "bar", ""),
        (b":a!a@a JOIN #bar", "bar", ""),
        (b":me.tmi.twitch.tv 353 me = #bar :me you", "bar", "me you"),
        (b":tmi.twitch.tv PONG tmi.twitch.tv :x y", "", "x y"),
        (b":tmi.twitch.tv PONG tmi.twitch.tv x", "", "x"),
        (b"RECONNECT", "", ""),
        (b"CLEARCHAT #bar ann", "bar", "ann"),
    ],
)
def test_the_last_parameter_is_the_text(raw, channel, text) -> None:
    parsed = parse_line(raw)
    assert (parsed.channel, parsed.text) == (channel, text)


def test_anonymous_gifts_are_gifts() -> None:
    _, (train,) = records(notice("anonsubmysterygift", msg_param_mass_gift_count="15"))
    assert (train.notice_type, train.amount) == ("anonsubmysterygift", 15)
    _, (gift,) = records(notice("anonsubgift", msg_param_recipient_id="5"))
    assert gift.amount == 1


@pytest.mark.parametrize("kind", ["resub", "viewermilestone", "announcement", "sub", "bitsbadgetier"])
def test_what_a_person_writes_in_a_notice_is_a_message(kind) -> None:
    (message,), (its_notice,) = records(notice(kind, "KEKW so good", emotes="25:0-3"))
    assert (message.text, message.chatter, message.sent_at) == ("KEKW so good", its_notice.chatter, NOW)
    assert [(each.id, each.start, each.end) for each in message.emotes] == [("25", 0, 3)]
    assert message.message_id == its_notice.notice_id
    (alone,) = Reading().read(line().replace(b"user-id=7", b"user-id=9"))
    assert message.chatter == alone.chatter


def test_a_notice_twice_is_one_message() -> None:
    messages, notices = records(*[notice("resub", "hello")] * 2)
    assert (len(messages), len(notices)) == (1, 1)


def test_a_notice_without_words_is_no_message() -> None:
    messages, notices = records(notice("resub"))
    assert (messages, len(notices)) == ([], 1)


def test_the_announcement_of_a_bot_is_no_message() -> None:
    messages, notices = records(notice("announcement", "Follow us!", badges="moderator/1,bot-badge/1"))
    assert (messages, len(notices)) == ([], 1)


def test_malformed_emotes_in_a_notice_are_reported_with_its_line() -> None:
    reading = Reading()
    reading.read(notice("resub", "hello", emotes="x"))
    assert reading.kept.raws == [notice("resub", "hello", emotes="x")]


@pytest.mark.parametrize("bad", [{"emotes": "25:x-y"}, {"sent": NOW + 61_000}, {"sent": NOW - 4_000_000}])
def test_a_dead_letter_says_the_same_on_both_paths(bad) -> None:
    raw, neighbour = line("words", **bad), line("other", message_id="00000000-0000-0000-0000-000000000009")
    fast, slow = Reading(), Reading()
    fast.read(neighbour, raw, neighbour)
    slow.read(slowly(neighbour), slowly(raw), slowly(neighbour))
    assert fast.kept.reasons == slow.kept.reasons
    assert [slowly(each) for each in fast.kept.raws] == slow.kept.raws == [slowly(raw)]
