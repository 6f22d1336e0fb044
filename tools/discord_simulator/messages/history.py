"""The channels' messages, the nonces of the last minutes, and edits of old messages."""

from collections import defaultdict
from typing import Final

from discord_simulator.clock import Clock
from discord_simulator.errors import DiscordError
from discord_simulator.limits.buckets import Window
from discord_simulator.messages.message import Message

NONCE_MS: Final = 300_000  # Discord says "the past few minutes"
OLD_MS: Final = 3_600_000  # from this age on, edits of a channel's messages are few
PAGE: Final = 100  # most messages of a request


class History:
    """All messages by channel, oldest first."""

    def __init__(self, clock: Clock, kept: int, old_edits: int, old_edit_ms: int) -> None:
        self._clock, self._kept = clock, kept
        self._channels: defaultdict[int, dict[int, Message]] = defaultdict(dict)
        self._nonces: dict[tuple[int, str], tuple[int, Message]] = {}
        self._old_edits: defaultdict[int, Window] = defaultdict(lambda: Window(old_edits, old_edit_ms))

    def earlier(self, author_id: int, nonce: str) -> Message | None:
        """Return the author's message with this nonce, if it was sent in the last minutes and still exists."""
        self._forget_nonces()
        _, message = self._nonces.get((author_id, nonce), (0, None))
        exists = message is not None and message.message_id in self._channels[message.channel_id]
        return message if exists else None

    def _forget_nonces(self) -> None:
        """Drop nonces that are too old; the dictionary is in order of time."""
        limit = self._clock() - NONCE_MS
        while self._nonces:
            key = next(iter(self._nonces))
            if self._nonces[key][0] >= limit:
                return
            del self._nonces[key]

    def add(self, message: Message) -> None:
        """Keep a message; the channel's oldest goes where there are too many."""
        channel = self._channels[message.channel_id]
        channel[message.message_id] = message
        if message.nonce is not None:
            self._nonces[message.author.user_id, message.nonce] = self._clock(), message
        if len(channel) > self._kept:
            del channel[next(iter(channel))]

    def find(self, channel_id: int, message_id: int) -> Message:
        """Return a message. Raises DiscordError 10008."""
        message = self._channels[channel_id].get(message_id)
        if message is None:
            raise DiscordError(10008)
        return message

    def remove(self, message: Message) -> None:
        """Delete a message. Raises DiscordError 10008 if it is gone."""
        if self._channels[message.channel_id].pop(message.message_id, None) is None:
            raise DiscordError(10008)

    def clear(self, channel_id: int) -> None:
        """Delete all messages of a channel."""
        self._channels.pop(channel_id, None)

    def allow_edit(self, message: Message) -> None:
        """Count an edit of an old message. Raises DiscordError 30046 where the channel had too many."""
        now, window = self._clock(), self._old_edits[message.channel_id]
        if now - message.sent_at >= OLD_MS and not window.take(now):
            raise DiscordError(30046, retry_after_seconds=(window.resets_at - now) / 1000)

    def seen_by(self, channel_id: int, viewer_id: int | None) -> list[Message]:
        """Return a channel's messages, oldest first: those for one person only with that person's id."""
        found = self._channels[channel_id].values()
        return [each for each in found if not each.is_ephemeral or each.viewer_id == viewer_id]

    def page(self, channel_id: int, limit: int, before: int | None, after: int | None) -> list[Message]:
        """Return up to `limit` messages that everybody sees, newest first."""
        found = [each for each in self.seen_by(channel_id, None) if not each.is_ephemeral]
        if before is not None:
            found = [each for each in found if each.message_id < before]
        if after is not None:
            return [each for each in found if each.message_id > after][:limit][::-1]
        return found[::-1][:limit]

    def seen_by_anybody(self, channel_id: int) -> list[Message]:
        """Return all of a channel's messages, also those for one person only."""
        return list(self._channels[channel_id].values())
