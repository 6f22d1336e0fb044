"""The formats of lines, and escapes that a reader can undo."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.channels import plan_channels
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.texts import ChatText
from twitch_simulator.delivery.notices import KINDS, USERNOTICES, deletion, user_notice
from twitch_simulator.delivery.rendering import Renderer
from twitch_simulator.irc import irc_lines

CHANNEL = plan_channels(1, 1)[0]
MOD = Chatter("77", "mossyowl", "Mossy;Owl two\\", 12, True, "#FF0000")
FAN = Chatter("78", "quietfox", "夜の狐", 0, False, "")
UNESCAPED = {"\\\\": "\\", "\\:": ";", "\\s": " ", "\\r": "\r", "\\n": "\n"}
NOW = 1_795_369_181_000


def unescape(value: str) -> str:
    return re.sub(r"\\.", lambda found: UNESCAPED[found.group()], value)


def tags_of(line: str) -> dict[str, str]:
    pairs = (tag.partition("=") for tag in line.removeprefix("@").partition(" ")[0].split(";"))
    return {key: unescape(value) for key, _, value in pairs}


@given(st.text())
@settings(deadline=None)
def test_an_escaped_value_can_be_undone(value: str) -> None:
    escaped = irc_lines.escape(value)
    assert unescape(escaped) == value
    assert not set(escaped) & {";", " ", "\r", "\n"}


def test_a_message_has_twitchs_tags_in_twitchs_order() -> None:
    message = PlannedMessage(NOW, CHANNEL, MOD, ChatText("Kappa hi", "25:0-4"), "an-id")
    rendered = Renderer(Random(1)).render(message, NOW)
    tags = tags_of(rendered.line)
    assert list(tags) == [
        "badge-info", "badges", "color", "display-name", "emotes", "first-msg", "flags", "id", "mod",
        "returning-chatter", "room-id", "subscriber", "tmi-sent-ts", "turbo", "user-id", "user-type",
    ]  # fmt: skip
    assert tags["display-name"] == "Mossy;Owl two\\"
    assert (tags["badge-info"], tags["badges"]) == ("subscriber/12", "moderator/1,subscriber/12")
    assert (tags["id"], tags["tmi-sent-ts"], tags["room-id"]) == ("an-id", str(NOW), CHANNEL.channel_id)
    assert (tags["mod"], tags["subscriber"], tags["user-type"]) == ("1", "1", "mod")
    assert irc_lines.untagged(rendered.line) == (
        f":mossyowl!mossyowl@mossyowl.tmi.twitch.tv PRIVMSG #{CHANNEL.login} :Kappa hi\r\n"
    )


def test_emotes_of_a_reply_are_counted_after_the_name() -> None:
    renderer = Renderer(Random(1))
    lines = [
        renderer.render(PlannedMessage(NOW, CHANNEL, FAN, ChatText("a b Kappa", "25:4-8")), NOW).line
        for _ in range(300)
    ]
    replies = [line for line in lines if "reply-parent-msg-id" in line]
    assert replies
    for line in replies:
        text = line.split(" :", 2)[-1].rstrip("\r\n")
        first, last = map(int, tags_of(line)["emotes"].rpartition(":")[2].rpartition(",")[2].split("-"))
        assert text[first : last + 1] == "Kappa"


def test_me_is_sent_as_an_action() -> None:
    message = PlannedMessage(NOW, CHANNEL, FAN, ChatText("dances", "", action=True), "x")
    assert Renderer(Random(1)).render(message, NOW).line.endswith(" :\x01ACTION dances\x01\r\n")


@pytest.mark.parametrize("kind", USERNOTICES)
def test_user_notices_have_their_kind_and_parameters(kind: str) -> None:
    line, row = user_notice(Random(1), CHANNEL, kind, (MOD, FAN), 20, NOW)
    tags = tags_of(line)
    assert tags["msg-id"] == row["notice_type"] == kind
    assert (tags["id"], tags["room-id"], tags["tmi-sent-ts"]) == (row["notice_id"], CHANNEL.channel_id, str(NOW))
    amount = {"raid": "viewerCount", "submysterygift": "mass-gift-count", "resub": "cumulative-months"}.get(kind)
    if amount:
        assert tags[f"msg-param-{amount}"] == "20"
    assert f":tmi.twitch.tv USERNOTICE #{CHANNEL.login}" in line
    assert "\\s" in line or kind == "announcement"


def test_each_kind_of_deletion_has_its_form() -> None:
    last = ("the-id", FAN, "bad words")
    made = {kind: deletion(CHANNEL, kind, last, 60, NOW) for kind in KINDS if kind not in USERNOTICES}
    lines = {kind: each[0] for kind, each in made.items() if each}
    assert tags_of(lines["timeout"])["ban-duration"] == "60"
    assert "ban-duration" not in lines["ban"]
    assert lines["ban"].endswith(f"CLEARCHAT #{CHANNEL.login} :quietfox")
    assert tags_of(lines["ban"])["target-user-id"] == "78"
    assert lines["clear"].endswith(f"CLEARCHAT #{CHANNEL.login}")
    assert tags_of(lines["delete"])["target-msg-id"] == "the-id"
    assert lines["delete"].endswith(f"CLEARMSG #{CHANNEL.login} :bad words")
    assert deletion(CHANNEL, "ban", None, 60, NOW) is None
