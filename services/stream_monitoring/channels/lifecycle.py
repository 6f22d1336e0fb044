"""Which streams are live: compares polls of Helix and tells what changed, without flapping."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import structlog

from contracts.chat_messages import SCHEMA_VERSION, ChannelRecord, Lifecycle
from twitch_access.answers import Stream, User, milliseconds
from twitch_access.errors import TwitchError
from twitch_access.helix import Helix

log = structlog.get_logger()

FIRST_POLL_SECONDS = 1.0  # until the first channel is known
PATIENCE = 4  # polls in a row without the stream before it counts as over: Twitch's list flaps


@dataclass(frozen=True, slots=True)
class Seen:
    """A stream as last told. `missed`: polls in a row in which it was not listed."""

    stream: Stream
    missed: int = 0


class StreamBook:
    """What was told of each channel; pure but for its own memory. Times: milliseconds of Twitch's clock."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self._seen: dict[str, Seen] = {}
        self._introduced: set[str] = set()

    @property
    def introduced(self) -> frozenset[str]:
        """The channels whose name was told."""
        return frozenset(self._introduced)

    def introduce(self, users: Iterable[User], now: int) -> list[Lifecycle]:
        """Tell the names of channels that are not live, so that the site knows them."""
        records = []
        for user in users:
            if user.id not in self._introduced:
                self._introduced.add(user.id)
                records.append(introduction(user.id, user.login, user.display_name, now, self._instance))
        return records

    def observe(self, asked: Iterable[str], live: Mapping[str, Stream], now: int) -> list[Lifecycle]:
        """What changed among the channels that were asked about."""
        records: list[Lifecycle] = []
        for channel_id in asked:
            seen, stream = self._seen.get(channel_id), live.get(channel_id)
            if stream is not None:
                records += self._present(channel_id, seen, stream, now)
            elif seen is not None:
                records += self._absent(channel_id, seen, now)
        return records

    def forget(self, watched: Iterable[str]) -> None:
        """Only these channels are watched now."""
        keep = set(watched)
        self._seen = {channel_id: seen for channel_id, seen in self._seen.items() if channel_id in keep}

    def _present(self, channel_id: str, seen: Seen | None, stream: Stream, now: int) -> list[Lifecycle]:
        self._seen[channel_id] = Seen(stream)
        self._introduced.add(channel_id)
        if seen is None:
            return [self._record("online", stream, now)]
        if seen.stream.id != stream.id:
            return [self._record("offline", seen.stream, now), self._record("online", stream, now)]
        return [self._record("update", stream, now)] if told(seen.stream) != told(stream) else []

    def _absent(self, channel_id: str, seen: Seen, now: int) -> list[Lifecycle]:
        if seen.missed + 1 < PATIENCE:
            self._seen[channel_id] = Seen(seen.stream, seen.missed + 1)
            return []
        del self._seen[channel_id]
        return [self._record("offline", seen.stream, now)]

    def _record(self, event: str, stream: Stream, now: int) -> Lifecycle:
        return Lifecycle(
            schema_version=SCHEMA_VERSION,
            channel_id=stream.user_id,
            sent_at=now,
            received_at=now,
            instance=self._instance,
            event=event,  # type: ignore[arg-type]
            login=stream.user_login,
            display_name=stream.user_name,
            stream_id=stream.id,
            stream_started_at=milliseconds(stream.started_at),
            title=stream.title,
            game_id=stream.game_id,
            game_name=stream.game_name,
            language=stream.language,
            viewer_count=stream.viewer_count,
        )


def told(stream: Stream) -> tuple[str, str, str]:
    """What an update is about; the number of viewers changes all the time."""
    return stream.title, stream.game_id, stream.language


def introduction(channel_id: str, login: str, display_name: str, now: int, instance: str) -> Lifecycle:
    """A channel's name and no stream."""
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
        helix: Helix,
        book: StreamBook,
        watched: Callable[[], list[str]],
        emit: Callable[[list[ChannelRecord]], None],
        twitch_now: Callable[[], int],
        poll_seconds: float,
    ) -> None:
        self._helix = helix
        self._book = book
        self._watched = watched
        self._emit = emit
        self._twitch_now = twitch_now
        self._poll_seconds = poll_seconds

    def run(self, stop: threading.Event) -> None:
        """Poll until `stop`."""
        while not stop.wait(self._poll_seconds if self._book.introduced else FIRST_POLL_SECONDS):
            self.poll()

    def poll(self) -> None:
        """One round; Twitch's troubles leave what is known as it is."""
        watched = self._watched()
        if not watched:
            return
        try:
            live = {stream.user_id: stream for stream in self._helix.get_streams(watched)}
        except TwitchError as error:
            log.warning("lifecycle: Twitch does not answer", why=str(error))
            return
        users = self._users_of([each for each in watched if each not in self._book.introduced and each not in live])
        now = self._twitch_now()  # after all answers: a record dated before them could be late
        records = self._book.observe(watched, live, now) + self._book.introduce(users, now)
        self._book.forget(watched)
        self._emit(list(records))

    def _users_of(self, channel_ids: list[str]) -> list[User]:
        """Who these channels are; nobody where Twitch does not answer, the next round asks again."""
        try:
            return self._helix.get_users(ids=channel_ids) if channel_ids else []
        except TwitchError as error:
            log.warning("lifecycle: Twitch does not tell the channels' names", why=str(error))
            return []
