"""A Discord in memory, for tests that kill the bot's parts at an exact step."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from discord_bot.sending.discord_side import Searched
from discord_bot.sending.errors import Away, ChannelRefused, DiscordError, MessageGone
from discord_notices.messages.message import Message

SEARCHED = 50
NONCE_SECONDS = 120.0  # for which Discord knows a repeat
When = Literal["before", "after"]


@dataclass
class Sent:
    """A message on Discord."""

    message_id: int
    nonce: str
    message: Message
    at: datetime
    edits: list[Message] = field(default_factory=list)
    by_us: bool = True


class MemoryDiscord:
    """Text channels with their messages. `faults`: what happens to the next sends, before or after they count."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._ids = count(1000)
        self.channels: defaultdict[int, list[Sent]] = defaultdict(list)
        self.faults: list[tuple[When, BaseException]] = []
        self.refused: dict[int, DiscordError] = {}
        self.unreadable: set[int] = set()
        self.left: set[int] = set()
        self.out_of_reach: set[int] = set()
        self.searches = 0

    async def send(self, text_channel_id: int, message: Message, nonce: str) -> int:
        await asyncio.sleep(0)
        if text_channel_id in self.refused:
            raise self.refused[text_channel_id]
        when, error = self.faults.pop(0) if self.faults else ("never", None)
        if when == "before" and error:
            raise error
        sent = self._repeated(text_channel_id, nonce) or self._add(text_channel_id, message, nonce)
        if error:
            raise error
        return sent.message_id

    def _repeated(self, text_channel_id: int, nonce: str) -> Sent | None:
        since = self._now() - timedelta(seconds=NONCE_SECONDS)
        return next((each for each in self.channels[text_channel_id] if each.nonce == nonce and each.at > since), None)

    def _add(self, text_channel_id: int, message: Message, nonce: str, by_us: bool = True) -> Sent:
        sent = Sent(next(self._ids), nonce, message, self._now(), by_us=by_us)
        self.channels[text_channel_id].append(sent)
        return sent

    def chat(self, text_channel_id: int, messages: int) -> None:
        """Let people write."""
        for _ in range(messages):
            self._add(text_channel_id, Message(content="hi", card=None), "", by_us=False)  # type: ignore[arg-type]

    async def edit(self, text_channel_id: int, message_id: int, message: Message) -> None:
        self._find(text_channel_id, message_id).edits.append(message)

    async def delete(self, text_channel_id: int, message_id: int) -> None:
        self.channels[text_channel_id].remove(self._find(text_channel_id, message_id))

    def _find(self, text_channel_id: int, message_id: int) -> Sent:
        for each in self.channels[text_channel_id]:
            if each.message_id == message_id:
                return each
        raise MessageGone("gone")

    def is_in(self, guild_id: int) -> bool:
        return guild_id not in self.left

    async def search(self, guild_id: int, text_channel_id: int) -> Searched:
        self.searches += 1
        if guild_id in self.left:
            raise ChannelRefused("server_gone")
        if guild_id in self.out_of_reach:
            raise Away("an outage of the server", reached=False)
        if isinstance(self.refused.get(text_channel_id), ChannelRefused):
            raise self.refused[text_channel_id]
        if text_channel_id in self.unreadable:
            raise ChannelRefused("no_permission")
        last = self.channels[text_channel_id][-SEARCHED:]
        oldest_at = last[0].at if len(last) == SEARCHED else None
        return Searched(own={each.nonce: each.message_id for each in last if each.by_us}, oldest_at=oldest_at)

    def ours(self, text_channel_id: int) -> list[Sent]:
        """Return our own messages in a text channel."""
        return [each for each in self.channels[text_channel_id] if each.by_us]

    def shown(self, text_channel_id: int) -> list[Message]:
        """Return what stands there of us, as it was edited last."""
        return [each.edits[-1] if each.edits else each.message for each in self.ours(text_channel_id)]
