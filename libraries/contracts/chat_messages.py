"""The records of a channel: `chat-messages` and `stream-lifecycle`.

Every record has the envelope `kind, schema_version, channel_id, sent_at, received_at, instance`.
`sent_at` is Twitch's time in milliseconds since 1970 UTC; `received_at` and `instance` are for diagnosis only.
Unknown fields are ignored, missing ones are an error.
"""

from typing import Literal

import msgspec

SCHEMA_VERSION = 1
FORMAT_VERSION = 2  # raised where the same chat becomes other records, as by another hash of its chatters
VIEWERS_EVERY_SECONDS = 300  # between two records of a live stream, which say how many watch
UNMARKED_FORMAT_VERSION = 1  # of ticks without a format version


class Envelope(msgspec.Struct, kw_only=True, frozen=True, tag_field="kind"):
    """The fields of every record of a channel."""

    schema_version: int
    channel_id: str
    sent_at: int
    received_at: int
    instance: str


class Emote(msgspec.Struct, frozen=True):
    """An emote's position in a text: code points `start` to `end`, both inclusive, as Twitch counts them."""

    provider: Literal["twitch", "7tv", "bttv", "ffz"]
    id: str
    start: int
    end: int


class Message(Envelope, kw_only=True, frozen=True, tag="message"):
    """One chat message. `chatter` is a keyed hash of the user id; no login enters the log."""

    message_id: str
    chatter: str
    text: str
    emotes: list[Emote]


class Notice(Envelope, kw_only=True, frozen=True, tag="notice", omit_defaults=True):
    """A chat event that is no message: a raid, gift subs, a moderator's deletion.

    `notice_type` is Twitch's msg-id (`raid`, `sub`, `resub`, `subgift`, `submysterygift`, `announcement`, …) or
    one of `message_deleted`, `chatter_cleared`, `chat_cleared`. `amount`: viewers of a raid, or subs gifted.
    """

    notice_id: str
    notice_type: str
    chatter: str | None = None
    amount: int | None = None
    target_message_id: str | None = None
    target_chatter: str | None = None


class RoomState(Envelope, kw_only=True, frozen=True, tag="room_state", omit_defaults=True):
    """The chat modes; a field that Twitch did not send is None. `slow_seconds` 0 means off."""

    emote_only: bool | None = None
    followers_only_minutes: int | None = None
    unique_only: bool | None = None
    slow_seconds: int | None = None
    subscribers_only: bool | None = None


class Lifecycle(Envelope, kw_only=True, frozen=True, tag="lifecycle", omit_defaults=True):
    """A stream went online or offline, or its title, game or language changed.

    While it is live there is an `update` every `VIEWERS_EVERY_SECONDS` too, for its `viewer_count`.
    """

    event: Literal["online", "offline", "update"]
    login: str
    display_name: str
    stream_id: str
    stream_started_at: int
    title: str = ""
    game_id: str = ""
    game_name: str = ""
    language: str = ""
    viewer_count: int | None = None


class Coverage(Envelope, kw_only=True, frozen=True, tag="coverage", omit_defaults=True):
    """Which seconds were read. A gap is told at `sent_at`; nobody read from `gap_from_at` until `gap_until_at`."""

    event: Literal["joined", "left", "gap"]
    gap_from_at: int | None = None
    gap_until_at: int | None = None
    reason: str = ""


class OptOut(Envelope, kw_only=True, frozen=True, tag="opt_out"):
    """The broadcaster opted out: delete the channel's state here and ignore its records until `in`."""

    event: Literal["out", "in"]


class Tick(msgspec.Struct, kw_only=True, frozen=True, tag_field="kind", tag="tick"):
    """The holder's promise that nothing at or before `sent_at` follows in this partition. It belongs to no channel.

    `spool_id` and `spool_position` are where this transaction ends in the holder's spool, so that the same instance
    resumes exactly there. Records before and after a change of `format_version` do not mix: the same person has
    another hash.
    """

    schema_version: int
    sent_at: int
    received_at: int
    instance: str
    spool_id: str
    spool_position: int
    format_version: int = UNMARKED_FORMAT_VERSION


ChannelRecord = Message | Notice | RoomState | Lifecycle | Coverage | OptOut
Record = ChannelRecord | Tick
LIFECYCLE_KINDS = (Lifecycle, Notice, Coverage)  # written to `stream-lifecycle` as well
