"""A moment: a burst of chat worth a clip, with its evidence."""

from typing import Literal

import msgspec

SCHEMA_VERSION = 1
RevisionName = Literal["raised", "peaked", "closed"]
REVISIONS: tuple[RevisionName, ...] = ("raised", "peaked", "closed")  # each replaces the one before


class EmoteCount(msgspec.Struct, frozen=True):
    """How often an emote was used, and by how many people."""

    provider: str
    id: str
    name: str
    uses: int
    chatters: int


class WordCount(msgspec.Struct, frozen=True):
    """A word that at least five people used; at most 25 characters, no mention, no link."""

    word: str
    uses: int
    chatters: int


class Evidence(msgspec.Struct, kw_only=True, frozen=True):
    """Why it is a moment. `messages[i]`, `chatters[i]` belong to the second starting at `curve_from_at + i * 1000`.

    `covered[i]` is 0 where nobody read that second. `window_chatters`: distinct people, and `window_messages`:
    messages, in the `window_seconds` before the peak. `usual_messages_per_second` is the baseline's mean.
    """

    curve_from_at: int
    messages: list[int]
    chatters: list[int]
    covered: list[int]
    window_seconds: int
    window_messages: int
    window_chatters: int
    usual_messages_per_second: float
    usual_chatters_per_second: float
    emotes: list[EmoteCount]
    words: list[WordCount]


class Moment(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One revision of a moment. All `_at` are milliseconds since 1970 UTC, Twitch's time.

    `crossed_at`: end of the second in which the score crossed the threshold. `peak_at`: end of the second with the
    highest score so far. `revision_number`: 1 raised, 2 peaked, 3 closed. `score`: the highest so far.
    `times_usual`: messages in the window against what the baseline would give.
    """

    schema_version: int
    moment_id: str
    revision: RevisionName
    revision_number: int
    detector_name: str
    detector_version: int
    channel_id: str
    crossed_at: int
    peak_at: int
    score: float
    times_usual: float
    evidence: Evidence
    cause: str | None = None
    stream_id: str | None = None
    stream_started_at: int | None = None
    closed_at: int | None = None
