"""A moment: a burst of chat worth a clip, with its evidence."""

from typing import Literal

import msgspec

SCHEMA_VERSION = 1
RevisionName = Literal["raised", "peaked", "closed"]
REVISIONS: tuple[RevisionName, ...] = ("raised", "peaked", "closed")  # each replaces the one before
NoClipReason = Literal["cause", "rate", "shadow"]


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
    `expected_chatters`: the level that the score compares with, people in a window of that length.
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
    expected_chatters: float = 0.0
    emotes: list[EmoteCount]
    words: list[WordCount]


class Moment(msgspec.Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One revision of a moment. All `_at` are milliseconds since 1970 UTC, Twitch's time.

    `crossed_at`: end of the second in which the score crossed the threshold. `peak_at`: end of the second with the
    highest score so far. `revision_number`: 1 raised, 2 peaked, 3 closed. `score`: the highest so far.
    `times_usual`: messages in the window against what the baseline would give. `causes`: what brought people to write
    that was no moment of the picture ("raid", "vote"…), the most certain first. `mood`: what the crowd felt, and
    `mood_share`: the share, 0 to 1, of its people whose emotes or words say so. `biggest_in_seconds`: how long this
    channel had no peak as high; None where its past is not known. `clip_from_at`, `clip_until_at`: the stretch of
    picture that has what the crowd reacted to. `no_clip_reason`: why no clip is made of it, None where one may be.
    `shadow`: said by a detector on trial; kept, shown to operators, never clipped.
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
    causes: list[str] = []
    mood: str | None = None
    mood_share: float | None = None
    biggest_in_seconds: int | None = None
    clip_from_at: int | None = None
    clip_until_at: int | None = None
    no_clip_reason: NoClipReason | None = None
    shadow: bool = False
    stream_id: str | None = None
    stream_started_at: int | None = None
    closed_at: int | None = None
