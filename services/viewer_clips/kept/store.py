"""The service's memory, in SQLite on this disk: a kill leaves the state before or after a whole step."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosql
import msgspec

from contracts import codec
from contracts.viewer_clips import ViewerClip
from viewer_clips.rules.place import LONGEST_STREAM_MS, Recording, Stream
from viewer_clips.rules.schedule import BACK_MS, TAIL_MS, Channel, Gap, Job
from viewer_clips.rules.span import Span

queries: Any = aiosql.from_path(Path(__file__).parent / "sql", "sqlite3")
MISSED_MS = 6 * 3_600_000  # after which a recording that Twitch did not have is looked for once more
CACHE_KIB = 1_024
OF_CHANNEL = ("channel", "gaps", "streams", "recordings", "clips")
Position = tuple[str, int]  # topic and partition


class StoreError(RuntimeError):
    """The file cannot be used; the text says why."""


def body_of(clip: ViewerClip) -> bytes:
    """Return what was told, but for when: two of these are the same where nothing is new."""
    return codec.encode(msgspec.structs.replace(clip, asked_at=0))


class Store:
    """For one thread. Raises sqlite3.Error where the disk refuses."""

    def __init__(self, file: Path) -> None:
        """Open the file, or make it. Raises StoreError."""
        try:
            self._database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
            # A power cut may take the last seconds: then some clips are asked for once more.
            for pragma in ("journal_mode = WAL", "synchronous = NORMAL", f"cache_size = -{CACHE_KIB}"):
                self._database.execute(f"PRAGMA {pragma}")
            queries.make_tables(self._database)
        except sqlite3.Error as error:
            raise StoreError(f"{file}: {error}; delete it, and the clips of the last two days are asked for") from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep what is done inside, or nothing of it."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    # What Kafka says

    def positions(self) -> dict[Position, int]:
        """Return the offset of the next record of each partition."""
        return {(topic, number): offset for topic, number, offset in queries.positions(self._database)}

    def note_positions(self, positions: dict[Position, int]) -> None:
        """Note up to where Kafka was read."""
        for (topic, number), offset in positions.items():
            queries.note_position(self._database, topic=topic, partition=number, next=offset)

    def see_channel(self, channel_id: str, at: int) -> None:
        """Note that a channel is watched, if it is new and has not opted out since."""
        queries.see_channel(self._database, channel_id=channel_id, at=at)

    def join_channel(self, channel_id: str, at: int) -> None:
        """Note that a channel is read: for the first time, again after a moment, or after it was left for long."""
        self.see_channel(channel_id, at)
        row = queries.channel(self._database, channel_id=channel_id)
        if row is None or row[2] is None:
            return
        _, _, left_at, asked_until, _ = row
        end = left_at + TAIL_MS
        if at <= end:
            at = asked_until
        elif asked_until < end:
            queries.add_gap(self._database, channel_id=channel_id, from_at=asked_until, until_at=end)
        queries.return_to_channel(self._database, channel_id=channel_id, asked_until=at)

    def leave_channel(self, channel_id: str, at: int) -> None:
        """Note that a channel is not read any more."""
        queries.leave_channel(self._database, channel_id=channel_id, at=at)

    def see_stream(self, channel_id: str, stream: Stream) -> None:
        """Note a stream; the ones before it are over."""
        queries.see_stream(self._database, channel_id=channel_id, **stream._asdict())
        queries.end_earlier_streams(
            self._database, stream_id=stream.stream_id, channel_id=channel_id, started_at=stream.started_at
        )

    def note_own_clip(self, clip_id: str, decided_at: int) -> None:
        """Note that we made a clip."""
        queries.note_own_clip(self._database, clip_id=clip_id, decided_at=decided_at)

    def forget_channel(self, channel_id: str, at: int) -> None:
        """Delete all that is known of a channel that has opted out, and hear nothing from before."""
        queries.remember_forgotten(self._database, channel_id=channel_id, at=at)
        self._drop(channel_id)

    def _drop(self, channel_id: str) -> None:
        for what in OF_CHANNEL:
            getattr(queries, f"forget_{what}")(self._database, channel_id=channel_id)

    # What Twitch says

    def is_own(self, clip_id: str) -> bool:
        """Return whether we made a clip."""
        return queries.own_clip(self._database, clip_id=clip_id) is not None

    def streams(self, channel_id: str) -> list[Stream]:
        """Return a channel's streams, the newest first."""
        return [Stream(*row) for row in queries.streams_of(self._database, channel_id=channel_id)]

    def recordings(self, video_ids: Iterable[str], now: int) -> dict[str, Recording]:
        """Return the recordings that need not be looked up."""
        rows = [queries.recording(self._database, video_id=each) for each in set(video_ids)]
        return {row[0]: Recording(*row[:3]) for row in rows if row and (row[2] is not None or now - row[3] < MISSED_MS)}

    def note_recordings(self, channel_id: str, recordings: Iterable[Recording], now: int) -> None:
        """Keep recordings that were looked up."""
        with self.transaction():
            for each in recordings:
                queries.note_recording(self._database, channel_id=channel_id, looked_at=now, **each._asdict())

    def told(self, clip_id: str) -> ViewerClip | None:
        """Return what was told of a clip last, without when."""
        body = queries.told(self._database, clip_id=clip_id)
        return msgspec.json.decode(body, type=ViewerClip) if body is not None else None

    def told_between(self, channel_id: str, span: Span) -> dict[str, ViewerClip]:
        """Return what was told of a channel's clips that were made in a span, deleted ones aside."""
        rows = queries.told_between(self._database, channel_id=channel_id, from_at=span.from_at, until_at=span.until_at)
        clips = {clip_id: msgspec.json.decode(body, type=ViewerClip) for clip_id, body in rows}
        return {clip_id: clip for clip_id, clip in clips.items() if not clip.is_deleted}

    # What was done

    def channels(self, now: int) -> list[Channel]:
        """Return all channels."""
        rows = queries.channels(self._database, live_since=now - LONGEST_STREAM_MS)
        return [
            Channel(channel_id, since, asked_until, again_until, left_at, bool(is_live))
            for channel_id, since, asked_until, again_until, left_at, is_live in rows
        ]

    def gaps(self) -> list[Gap]:
        """Return what outages left open."""
        return [Gap(channel_id, Span(*span)) for channel_id, *span in queries.gaps(self._database)]

    def move_front(self, channel_id: str, to: int, gap: Gap | None) -> None:
        """Go on with a channel's new clips from a later time, and keep the gap before it."""
        with self.transaction():
            if gap is not None:
                queries.add_gap(
                    self._database, channel_id=channel_id, from_at=gap.span.from_at, until_at=gap.span.until_at
                )
            queries.note_asked(self._database, channel_id=channel_id, until_at=to)

    def settle(self, job: Job, told: Iterable[ViewerClip]) -> None:
        """Keep that a job is done, and what was told in it: Kafka has it."""
        with self.transaction():
            for clip in told:
                queries.note_told(
                    self._database,
                    clip_id=clip.clip_id,
                    channel_id=clip.channel_id,
                    created_at=clip.created_at,
                    told=body_of(clip),
                )
            if job.kind == "gap":
                queries.shorten_gap(self._database, channel_id=job.channel_id, until_at=job.span.from_at)
                queries.drop_empty_gaps(self._database)
            elif job.kind == "new":
                queries.note_asked(self._database, channel_id=job.channel_id, until_at=job.span.until_at)
            else:
                queries.note_again(self._database, channel_id=job.channel_id, until_at=job.span.until_at)

    def tidy(self, channels: Iterable[Channel], now: int) -> None:
        """Forget what nothing more will be asked about."""
        with self.transaction():
            for channel in channels:
                if channel.is_over:
                    self._drop(channel.channel_id)
            queries.forget_told(self._database)
            before = now - BACK_MS - LONGEST_STREAM_MS
            for what in ("streams", "recordings", "own_clips", "forgotten"):
                getattr(queries, f"forget_old_{what}")(self._database, before=before)
