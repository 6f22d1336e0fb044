"""Reads of a chat socket: lines as Twitch writes them, in the sizes that a live and a busy socket deliver."""

import random
import uuid
from typing import NamedTuple

CHUNK_BYTES = 64 * 1024  # what a busy socket delivers at once
CHATTERS = 60_000
DELAY_MS = (20, 120)  # from Twitch to the socket
CHANNELS = 400
WORDS = ("hello", "LUL", "KEKW", "what", "no", "way", "that", "was", "insane", "gg", "clip", "it", "omg", "POG", "nice")
EMOTES = ("25:0-4", "425618:0-2", "305954156:0-7/25:9-13", "emotesv2_02b8a3ae0a5a4a1dbf2b2d8f7d2a6f3e:0-8,10-18")


class Read(NamedTuple):
    """What one read of a socket delivers, and when (milliseconds)."""

    received_at: int
    chunk: bytes


def random_id(rnd: random.Random) -> str:
    """Draw a message id."""
    return str(uuid.UUID(int=rnd.getrandbits(128)))


def line(rnd: random.Random, channels: list[int], sent_at: int) -> str:
    """Make a chat message as Twitch writes it."""
    chatter = int(CHATTERS * rnd.random() ** 2)  # some talk much more than others
    name = f"chatter_{chatter}"
    reply = ""
    if rnd.random() < 0.08:
        reply = f"reply-parent-display-name=P;reply-parent-msg-body=is\\sit;reply-parent-msg-id={random_id(rnd)};"
        reply += "reply-parent-user-id=77;reply-parent-user-login=p;"
    emotes = rnd.choice(EMOTES) if rnd.random() < 0.3 else ""
    text = " ".join(rnd.choices(WORDS, k=rnd.randint(1, 12))) + ("" if rnd.random() < 0.9 else ' "ça va" 你好')
    channel = channels[int(CHANNELS * rnd.random() ** 3)]
    return (
        f"@badge-info=subscriber/{rnd.randint(1, 60)};badges=subscriber/12,bits/100;"
        f"client-nonce={rnd.getrandbits(128):032x};color=#FF4500;"
        f"display-name={name};emotes={emotes};first-msg=0;flags=;id={random_id(rnd)};"
        f"mod=0;{reply}returning-chatter=0;room-id={channel};subscriber=1;tmi-sent-ts={sent_at};turbo=0;"
        f"user-id={100_000 + chatter};user-type="
        f" :{name}!{name}@{name}.tmi.twitch.tv PRIVMSG #channel_{channel} :{text}\r\n"
    )


def reads_of(seed: int, begin: int, lines_per_read: int | None = None, *, messages: int) -> list[Read]:
    """Make all lines, sent from `begin` (milliseconds) on, in reads of whole lines: so many, or 64 KiB.

    A read arrives some tens of milliseconds after its last line was sent, as on a network.
    """
    rnd, delays = random.Random(seed), random.Random(seed)  # two: the lines are the same at every size of a read
    channels = [rnd.randint(10_000, 900_000_000) for _ in range(CHANNELS)]
    made, part, size = [], [], 0
    for number in range(messages):
        sent_at = begin + number // 5
        part.append(line(rnd, channels, sent_at))
        size += len(part[-1])
        is_full = len(part) == lines_per_read or (lines_per_read is None and size >= CHUNK_BYTES)
        if is_full or number == messages - 1:
            made.append(Read(sent_at + delays.randint(*DELAY_MS), "".join(part).encode()))
            part, size = [], 0
    return made
