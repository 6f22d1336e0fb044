"""How often a channel's emotes were used in a minute, second by second, and by how many people."""

from typing import Annotated, Literal

import msgspec

SCHEMA_VERSION = 1
NAME_CHARACTERS = 500  # no line of Twitch is longer
ID_CHARACTERS = 100  # those of the four providers have at most 40
EMOTES_A_MINUTE = 4_000  # different ones in a channel; the largest channels can use some 3,000
RECORD_BYTES = 8 * 1024 * 1024  # for as many emotes with names of any length; a usual record has 5 KB

Provider = Literal["twitch", "7tv", "bttv", "ffz"]


class EmoteUses(msgspec.Struct, kw_only=True, frozen=True):
    """The uses of one emote under one name.

    `seconds`: the seconds of the minute in which it was used and how often, as `emote_counts.packing.pack_seconds`
    writes them. `people`: the distinct chatters who used it in this minute, at least 1 and at most as many as the uses.
    """

    provider: Provider
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARACTERS)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_CHARACTERS)]
    seconds: bytes
    people: Annotated[int, msgspec.Meta(ge=1)]


class EmoteCounts(msgspec.Struct, kw_only=True, frozen=True):
    """One minute of a channel with every emote that was used. Key: `CHANNEL_ID:MINUTE_AT`.

    `minute_at`: its start, milliseconds since 1970 UTC. A minute that ticks have not passed yet is not closed: a later
    record of it has all of these uses and more. A closed minute is final. A minute without emotes has no record:
    `coverage` shows whether it was read.
    """

    schema_version: int
    channel_id: str
    minute_at: int
    is_closed: bool
    emotes: Annotated[list[EmoteUses], msgspec.Meta(max_length=EMOTES_A_MINUTE)]
