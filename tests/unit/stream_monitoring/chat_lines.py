"""Lines of Twitch chat, and a chat reader with all that it needs to read them."""

from collections.abc import Collection

import msgspec

from contracts import codec
from stream_monitoring.chat.bad_lines import BadLines
from stream_monitoring.chat.chat_reader import ChatReader
from stream_monitoring.chat.clocks import TwitchClock
from stream_monitoring.privacy.chatter_hash import ChatterHash
from stream_monitoring.spool.batch import Batch

NOW = 1_795_000_000_000
MESSAGE_ID = "c6d6f3a6-b819-4f95-8bca-7b4a8d7b938c"
OTHER_ID, THIRD_ID = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2))
TAG_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\:", " ": "\\s", "\r": "\\r", "\n": "\\n"})


class Kept:
    """A quarantine in memory."""

    def __init__(self) -> None:
        self.raws: list[bytes] = []
        self.reasons: list[str] = []
        self.counted = 0

    def keep(self, raw: bytes, reason: str, met_at: int) -> None:
        self.raws.append(raw)
        self.reasons.append(reason)

    def count(self) -> None:
        self.counted += 1


def lines_in(batch: Batch) -> list[bytes]:
    """Key, value, key, value, …; the batch is empty afterwards."""
    taken = batch.take()
    return b"\n".join(taken).split(b"\n") if taken else []


class Reading:
    """A chat reader with all that it needs."""

    def __init__(self, now: int = NOW, ignored: Collection[str] = ()) -> None:
        self.batch, self.kept, self.clock = Batch(), Kept(), TwitchClock()
        for _ in range(3):
            self.clock.observe(now, now)
        chatters = ChatterHash(b"k" * 32)
        self.reader = ChatReader(
            "test", self.batch, chatters, BadLines(self.batch, self.kept, self.kept.count), self.clock, {}, ignored
        )

    def read(self, *lines: bytes, at: int = NOW) -> list[msgspec.Struct]:
        self.reader.read(b"".join(line + b"\r\n" for line in lines), at)
        taken = lines_in(self.batch)
        pairs = zip(taken[0::2], taken[1::2], strict=True)
        return [codec.decode("dead-letters" if key == b"d" else "chat-messages", value) for key, value in pairs]


def line(
    text: str = "hi", emotes: str = "", name: str = "Foo", message_id: str = MESSAGE_ID, sent: int = NOW, **tags: str
) -> bytes:
    """A PRIVMSG in Twitch's order of tags."""
    more = "".join(f";{key.replace('_', '-')}={value}" for key, value in tags.items())
    return (
        f"@badge-info=;badges=;color=#FF4500;display-name={name};emotes={emotes};first-msg=0;flags=;id={message_id};"
        f"mod=0;returning-chatter=0;room-id=42;subscriber=0;tmi-sent-ts={sent};turbo=0;user-id=7;user-type={more}"
        f" :foo!foo@foo.tmi.twitch.tv PRIVMSG #bar :{text}"
    ).encode()


def slowly(raw: bytes) -> bytes:
    """The same line with a tag that the fast path does not know."""
    return b"@aaa=1;" + raw[1:]
