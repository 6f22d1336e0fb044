"""A moment: a burst of chat worth a clip, with its evidence."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA_VERSION = 1
RevisionName = Literal["raised", "peaked", "closed"]
REVISIONS: tuple[RevisionName, ...] = ("raised", "peaked", "closed")  # each replaces the one before
WORD_MIN_CHATTERS = 5  # people who used a word; one that fewer used could point at one of them
WORD_MAX_CHARACTERS = 25  # longer ones are rarely words
NAMED_MIN_CHATTERS = 5  # people who used an emote that a title or a sentence names
NAMED_MIN_SHARE = 0.2  # of the window's people; what fewer used says nothing of the crowd
NoClipReason = Literal["cause", "rate", "shadow"]


class EmoteCount(Struct, frozen=True):
    """How often an emote was used, and by how many people."""

    provider: str
    id: str
    name: str
    uses: int
    chatters: int


class WordCount(Struct, frozen=True):
    """A word that at least five people used; at most 25 characters, no mention, no link."""

    word: str
    uses: int
    chatters: int


class Evidence(Struct, kw_only=True, frozen=True):
    """Why it is a moment. `messages[i]` and `chatters[i]` count the second that starts at `curve_from_at + i * 1000`.

    `covered[i]` is 0 if nobody read that second. `window_chatters` (distinct people) and `window_messages` count the
    `window_seconds` before the peak. `usual_messages_per_second` is the baseline's mean. `expected_chatters`: the
    number of people in a window of that length that the score compares with.
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


def speak_for_crowd(chatters: int, evidence: Evidence) -> bool:
    """Return whether so many people used an emote or a name that a title or a sentence may name it."""
    return chatters >= max(NAMED_MIN_CHATTERS, NAMED_MIN_SHARE * evidence.window_chatters)


class Moment(Struct, kw_only=True, frozen=True, omit_defaults=True):
    """One revision of a moment. All `_at` are milliseconds since 1970 UTC, Twitch's time.

    A field that is added here is stored and answered by the API as it is; the website shows it once a template names
    it. Text fields hold codes and ids, never people's words: the recorder refuses others.
    """

    schema_version: int
    moment_id: str
    revision: RevisionName
    revision_number: Annotated[int, Meta(description="1 raised, 2 peaked, 3 closed; a higher one replaces a lower one")]
    detector_name: str
    detector_version: int
    channel_id: str
    crossed_at: Annotated[int, Meta(description="end of the second in which the score crossed the threshold")]
    peak_at: Annotated[int, Meta(description="end of the second with the highest score so far")]
    score: Annotated[float, Meta(description="the highest so far, in standard deviations above the usual")]
    times_usual: Annotated[float, Meta(description="messages in the window, relative to the baseline")]
    evidence: Evidence
    causes: Annotated[
        list[str], Meta(description="what besides the stream made people write (raid, vote…), most certain first")
    ] = []
    mood: Annotated[str | None, Meta(description="what the crowd felt")] = None
    mood_share: Annotated[
        float | None, Meta(description="share of the people whose emotes or words express the mood, 0 to 1")
    ] = None
    biggest_in_seconds: Annotated[
        int | None, Meta(description="time since the channel last had a peak as high; null if unknown")
    ] = None
    clip_from_at: Annotated[int | None, Meta(description="start of what a clip should show")] = None
    clip_until_at: Annotated[int | None, Meta(description="end of what a clip should show")] = None
    no_clip_reason: Annotated[NoClipReason | None, Meta(description="why no clip is made; null if one may be made")] = (
        None
    )
    shadow: Annotated[
        bool, Meta(description="found by an experimental detector: never clipped, for operators only")
    ] = False
    stream_id: str | None = None
    stream_started_at: int | None = None
    closed_at: Annotated[int | None, Meta(description="when the evidence was complete, 30 s after the peak")] = None
