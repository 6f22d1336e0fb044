"""Which streams are live: compare polls of Helix and report what changed, without flapping."""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from contracts.chat_messages import SCHEMA_VERSION, VIEWERS_EVERY_SECONDS, ChannelRecord, Lifecycle
from twitch_access.answers import Stream, User, milliseconds
from twitch_access.budget import POINTS_PER_MINUTE
from twitch_access.doubt import Doubt
from twitch_access.errors import TwitchError
from twitch_access.helix import PAGE, Helix

log = structlog.get_logger()

FIRST_POLL_SECONDS = 1.0  # until the first channel is known
OVER_SECONDS = 60.0  # without being listed, after which a stream counts as over: Twitch's list flaps
DOUBT_SECONDS = 300.0  # after which it is believed that nearly all streams ended at once


@dataclass(frozen=True, slots=True)
class LiveStream:
    """A stream as last listed. `missing_since`: when it was first not listed any more; None while it is.

    `reported_at`: when its viewers were last reported.
    """

    stream: Stream
    reported_at: int
    missing_since: int | None = None


class StreamTracker:
    """What was reported about each channel; pure but for its own memory. Times: milliseconds of Twitch's clock."""

    def __init__(self, instance: str, over_seconds: float = OVER_SECONDS, doubt_seconds: float = DOUBT_SECONDS) -> None:
        self._instance = instance
        self._over_ms = over_seconds * 1000
        self._doubt = Doubt(doubt_seconds)
        self._live: dict[str, LiveStream] = {}
        self._names: dict[str, tuple[str, str]] = {}  # login and display name as reported

    @property
    def introduced(self) -> bool:
        """Whether the name of any channel was reported."""
        return bool(self._names)

    def is_introduced(self, channel_id: str, login: str = "") -> bool:
        """Return whether the channel's name was reported, and under this login if one is given."""
        name = self._names.get(channel_id)
        return name is not None and login in ("", name[0])

    def is_doubtful(self, polled: Iterable[str], streams: Mapping[str, Stream], now: int) -> bool:
        """Return whether so many streams are missing at once that the answer is not believed yet."""
        running = [each for each in polled if each in self._live]
        return self._doubt.doubts(len(running), sum(each in streams for each in running), now / 1000)

    def introduce(self, users: Iterable[User], now: int) -> list[Lifecycle]:
        """Return records with new names of channels that are not live, so that the site knows them."""
        records = []
        for user in users:
            name = user.login, user.display_name or user.login
            if self._names.get(user.id) != name:
                self._names[user.id] = name
                records.append(
                    introduction(
                        channel_id=user.id, login=name[0], display_name=name[1], now=now, instance=self._instance
                    )
                )
        return records

    def observe(self, polled: Iterable[str], streams: Mapping[str, Stream], now: int) -> list[Lifecycle]:
        """Return what changed among the polled channels, given their live streams by channel id."""
        records: list[Lifecycle] = []
        for channel_id in polled:
            last, stream = self._live.get(channel_id), streams.get(channel_id)
            if stream is not None:
                records += self._listed(channel_id, last, stream, now)
            elif last is not None:
                records += self._missing(channel_id, last, now)
        return records

    def keep_only(self, watched: Iterable[str]) -> None:
        """Drop the streams of channels that are not watched any more."""
        keep = set(watched)
        self._live = {channel_id: last for channel_id, last in self._live.items() if channel_id in keep}

    def _listed(self, channel_id: str, last: LiveStream | None, stream: Stream, now: int) -> list[Lifecycle]:
        self._names[channel_id] = stream.user_login, display_name(stream)
        is_same = last is not None and last.stream.id == stream.id
        if last is not None and is_same and not needs_report(last, stream, now):
            self._live[channel_id] = LiveStream(stream, last.reported_at)
            return []
        self._live[channel_id] = LiveStream(stream, now)
        if last is None or is_same:
            return [self._record("online" if last is None else "update", stream, now)]
        return [self._record("offline", last.stream, now), self._record("online", stream, now)]

    def _missing(self, channel_id: str, last: LiveStream, now: int) -> list[Lifecycle]:
        since = now if last.missing_since is None else last.missing_since
        if now - since < self._over_ms:
            self._live[channel_id] = LiveStream(last.stream, last.reported_at, since)
            return []
        del self._live[channel_id]
        return [self._record("offline", last.stream, now)]

    def _record(self, event: str, stream: Stream, now: int) -> Lifecycle:
        return Lifecycle(
            schema_version=SCHEMA_VERSION,
            channel_id=stream.user_id,
            sent_at=now,
            received_at=now,
            instance=self._instance,
            event=event,  # type: ignore[arg-type]
            login=stream.user_login,
            display_name=display_name(stream),
            stream_id=stream.id,
            stream_started_at=milliseconds(stream.started_at),
            title=stream.title,
            game_id=stream.game_id,
            game_name=stream.game_name,
            language=stream.language,
            viewer_count=stream.viewer_count,
        )


def needs_report(last: LiveStream, stream: Stream, now: int) -> bool:
    """Return whether a stream that goes on has changed, or its viewers were reported long enough ago."""
    is_changed = update_fields(last.stream) != update_fields(stream)
    return is_changed or now - last.reported_at >= VIEWERS_EVERY_SECONDS * 1000


def update_fields(stream: Stream) -> tuple[str, ...]:
    """Return the fields whose change is an update; the number of viewers changes all the time."""
    return stream.title, stream.game_id, stream.language, stream.user_login, display_name(stream)


def display_name(stream: Stream) -> str:
    """Return the broadcaster's name as it is shown; the login where Twitch sends none."""
    return stream.user_name or stream.user_login


def introduction(*, channel_id: str, login: str, display_name: str, now: int, instance: str) -> Lifecycle:
    """Return a record of a channel's name without a stream."""
    return Lifecycle(
        schema_version=SCHEMA_VERSION,
        channel_id=channel_id,
        sent_at=now,
        received_at=now,
        instance=instance,
        event="update",
        login=login,
        display_name=display_name,
        stream_id="",
        stream_started_at=0,
    )


class LifecyclePolling:
    """A worker that asks Helix about the watched channels."""

    def __init__(
        self,
        *,
        helix: Helix,
        tracker: StreamTracker,
        watched: Callable[[], list[str]],
        emit: Callable[[list[ChannelRecord]], None],
        twitch_now: Callable[[], int],
        poll_seconds: float,
        points_per_minute: float = POINTS_PER_MINUTE,
        logins: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """A poll costs a point per hundred channels; it comes later than `poll_seconds` where these would not do.

        `logins`: channel id to present login; a channel that was reported under another one is reported anew.
        """
        self._helix = helix
        self._tracker = tracker
        self._watched = watched
        self._emit = emit
        self._twitch_now = twitch_now
        self._poll_seconds = poll_seconds
        self._points_per_minute = points_per_minute
        self._logins = logins

    def run(self, stop: threading.Event) -> None:
        """Poll until `stop`."""
        while not stop.wait(self.pause_seconds()):
            self.poll()

    def pause_seconds(self) -> float:
        """Return the time until the next poll: as set, or longer where the points would not last."""
        if not self._tracker.introduced:
            return FIRST_POLL_SECONDS
        return max(self._poll_seconds, 60 * math.ceil(len(self._watched()) / PAGE) / self._points_per_minute)

    def poll(self) -> None:
        """Emit what changed since the last poll; change nothing if Twitch does not answer."""
        watched = self._watched()
        if not watched:
            return
        try:
            streams = {stream.user_id: stream for stream in self._helix.get_streams(watched)}
        except TwitchError as error:
            log.warning("lifecycle: cannot get the streams", why=str(error))
            return
        if self._tracker.is_doubtful(watched, streams, self._twitch_now()):
            log.warning("lifecycle: Twitch lists hardly any stream, asking again before it is believed")
            return
        logins = self._logins()
        unnamed = [each for each in watched if not self._tracker.is_introduced(each, logins.get(each, ""))]
        users = self._users([each for each in unnamed if each not in streams])
        now = self._twitch_now()  # after all answers: a record dated before them could be late
        records = self._tracker.observe(watched, streams, now) + self._tracker.introduce(users, now)
        self._tracker.keep_only(watched)
        self._emit(list(records))

    def _users(self, channel_ids: list[str]) -> list[User]:
        """Return who these channels are; empty if Twitch does not answer, the next poll asks again."""
        try:
            return self._helix.get_users(ids=channel_ids) if channel_ids else []
        except TwitchError as error:
            log.warning("lifecycle: cannot get the channels' names", why=str(error))
            return []
