"""What became of a channel's stream between two polls: by its id and start, never by the event, since lists flap."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from twitch_access.answers import Stream

OVER_SECONDS = 120.0  # without being listed; streams were seen online, offline and online again within 75 s


class PolledStream(Struct, frozen=True, kw_only=True):
    """A stream as the last polls showed it. `revision` grows with what messages show; see 0019.discord.sql."""

    stream_id: str
    channel_id: str
    started_at: datetime
    title: str = ""
    game_name: str = ""
    thumbnail_url: str = ""
    revision: int = 1
    seen_at: datetime
    missing_since: datetime | None = None
    ended_at: datetime | None = None
    viewers_now: int = 0
    viewers_peak: int = 0
    viewers_sum: int = 0
    polls: int = 0

    @property
    def is_live(self) -> bool:
        """Whether the last poll listed it."""
        return self.ended_at is None and self.missing_since is None

    @property
    def viewers_mean(self) -> int:
        """The mean of all polls."""
        return round(self.viewers_sum / self.polls) if self.polls else 0


def observed(
    known: PolledStream | None, listed: Stream | None, at: datetime, over_seconds: float = OVER_SECONDS
) -> list[PolledStream]:
    """Return what changed: `known` is the channel's newest stream, `listed` what Twitch lists now, if anything.

    An id that starts when the known one did is the same stream; one that started before it is an old answer of
    Twitch's, and changes nothing.
    """
    if listed is None:
        return _missing(known, at, over_seconds) if known else []
    if known is None:
        return [_begun(listed, at)]
    if listed.id == known.stream_id or listed.started_at == known.started_at:
        return [_seen(known, listed, at)]
    if listed.started_at < known.started_at:
        return []
    return [*_ended(known), _begun(listed, at)]


def observed_all(
    known: Mapping[str, PolledStream],
    listed: Mapping[str, Stream],
    polled: Iterable[str],
    at: datetime,
    over_seconds: float = OVER_SECONDS,
) -> list[PolledStream]:
    """Return what changed among the polled channels; both maps are by channel id."""
    return [
        stream
        for channel_id in polled
        for stream in observed(known.get(channel_id), listed.get(channel_id), at, over_seconds)
    ]


def goes_on(known: PolledStream | None, seen: PolledStream) -> bool:
    """Return whether a poll found nothing new but how many watch: no message waits for that to be written."""
    if known is None or known.stream_id != seen.stream_id:
        return False
    return known.is_live and seen.is_live and known.revision == seen.revision


def _begun(listed: Stream, at: datetime) -> PolledStream:
    return _seen(
        PolledStream(
            stream_id=listed.id,
            channel_id=listed.user_id,
            started_at=listed.started_at,
            title=listed.title,
            game_name=listed.game_name,
            seen_at=at,
        ),
        listed,
        at,
    )


def _seen(known: PolledStream, listed: Stream, at: datetime) -> PolledStream:
    is_changed = (known.title, known.game_name, known.ended_at) != (listed.title, listed.game_name, None)
    return replace(
        known,
        title=listed.title,
        game_name=listed.game_name,
        thumbnail_url=listed.thumbnail_url,
        revision=known.revision + is_changed,
        seen_at=at,
        missing_since=None,
        ended_at=None,
        viewers_now=listed.viewer_count,
        viewers_peak=max(known.viewers_peak, listed.viewer_count),
        viewers_sum=known.viewers_sum + listed.viewer_count,
        polls=known.polls + 1,
    )


def _missing(known: PolledStream, at: datetime, over_seconds: float) -> list[PolledStream]:
    if known.ended_at is not None:
        return []
    since = known.missing_since or at
    if at - since >= timedelta(seconds=over_seconds):
        return _ended(known)
    return [replace(known, missing_since=since)] if known.missing_since is None else []


def _ended(known: PolledStream) -> list[PolledStream]:
    if known.ended_at is not None:
        return []
    return [replace(known, ended_at=known.seen_at, revision=known.revision + 1)]
