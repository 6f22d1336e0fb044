"""Renders a planned message as Twitch's line and as its row of the ground truth."""

from random import Random
from uuid import UUID

import msgspec

from twitch_simulator.crowd.bursts import PlannedMessage
from twitch_simulator.crowd.chatters import Chatter
from twitch_simulator.crowd.emotes import emotes_tag
from twitch_simulator.irc import irc_lines
from twitch_simulator.irc.rooms import LINE_END
from twitch_simulator.truth import message_row

REPLY_SHARE = 0.03  # of messages that are not scripted by a test
FIRST_MESSAGE_SHARE = 0.005


class Rendered(msgspec.Struct, gc=False):
    """A line with its line end, its destination and its row; a duplicate has an empty row."""

    login: str
    channel_id: str
    second: int
    line: str
    row: str


class Renderer:
    """Renders messages; the constant part of a chatter's lines is rendered once."""

    def __init__(self, rng: Random) -> None:
        self.last_line: dict[str, tuple[str, Chatter, str]] = {}  # login: message id, chatter, text
        self._rng = rng
        self._parts: dict[str, tuple[str, str, str, str]] = {}

    def render(self, message: PlannedMessage, sent_at: int) -> Rendered:
        """Render the message with Twitch's time `sent_at` (ms since 1970)."""
        channel, chatter, text, emotes = message.channel, message.chatter, message.text.text, message.text.emotes
        parts = self._parts.get(chatter.user_id)
        if parts is None:
            parts = self._parts[chatter.user_id] = irc_lines.privmsg_parts(chatter)
        head, mod, sub, tail = parts
        draw, reply = self._rng.random(), ""
        message_id = message.message_id
        if not message_id:
            message_id = str(UUID(int=self._rng.getrandbits(128), version=4))
            if draw < REPLY_SHARE and channel.login in self.last_line:
                text, emotes, reply = self._reply(channel.login, text)
        self.last_line[channel.login] = (message_id, chatter, text)
        written = f"\x01ACTION {text}\x01" if message.text.action else text
        first = int(draw > 1 - FIRST_MESSAGE_SHARE)
        line = (
            f"{head}{emotes};first-msg={first};flags=;id={message_id}{mod}{reply};returning-chatter=0"
            f";room-id={channel.channel_id}{sub}{sent_at}{tail}{channel.login} :{written}{LINE_END}"
        )
        row = message_row(message_id, channel.channel_id, sent_at)
        return Rendered(login=channel.login, channel_id=channel.channel_id, second=sent_at // 1000, line=line, row=row)

    def _reply(self, login: str, text: str) -> tuple[str, str, str]:
        parent_id, parent, parent_text = self.last_line[login]
        answer = f"@{parent.login} {text}"
        return answer, emotes_tag(answer), irc_lines.reply_tags(parent_id, parent, parent_text)
