"""Turns records into entries: decoded by their contract, shaped into rows; what does not fit is a dead letter."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts import chat_messages, codec, kept, topics
from contracts.chat_counts import ChatCounts
from contracts.clips import Clip
from contracts.codec import ContractError
from contracts.dead_letters import DeadLetter
from contracts.emote_counts import EmoteCounts
from contracts.job_progress import JobProgress
from contracts.moments import Moment
from contracts.viewer_clips import ViewerClip
from recorder.partitions import Retention
from recorder.positions import Place, place_of
from recorder.rows import dead_letters, progress
from recorder.rows.chat_counts import count_rows
from recorder.rows.clips import clip_rows
from recorder.rows.coverage import coverage_rows
from recorder.rows.emote_minutes import emote_minute_rows
from recorder.rows.moments import moment_rows
from recorder.rows.notices import notice_rows
from recorder.rows.record import Record
from recorder.rows.row import Entry, Row
from recorder.rows.streams import lifecycle_rows
from recorder.rows.viewer_clips import viewer_clip_rows

TOPICS = tuple(
    topic.name
    for topic in (
        topics.MOMENTS,
        topics.CLIPS,
        topics.CHAT_COUNTS,
        topics.EMOTE_COUNTS,
        topics.VIEWER_CLIPS,
        topics.STREAM_LIFECYCLE,
        topics.JOB_PROGRESS,
        topics.DEAD_LETTERS,
    )
)
Rows = tuple[Row, ...]
EMOTES_KEPT = Retention(kept.EMOTES_DAYS)
SHAPERS: dict[type, Callable[[Any], Rows]] = {
    Moment: moment_rows,
    Clip: clip_rows,
    ViewerClip: viewer_clip_rows,
    chat_messages.Lifecycle: lifecycle_rows,
    chat_messages.Notice: notice_rows,
    chat_messages.Coverage: coverage_rows,
}


@dataclass(frozen=True)
class Shaper:
    """Turns records into entries. `on_dead_letter` and `on_skipped` count what becomes no row, by topic."""

    retention: Retention
    on_dead_letter: Callable[[str], None]
    on_skipped: Callable[[str], None]
    emote_retention: Retention = EMOTES_KEPT

    def entry(self, record: Record, now: int) -> Entry:
        """Return the rows of one record; `now` in milliseconds since 1970 UTC."""
        if record.is_tombstone:
            return Entry(record, ())
        try:
            rows = self._rows(codec.decode(record.topic, record.payload), record, now)
        except ContractError as error:
            self.on_dead_letter(record.topic)
            return dead_letters.refused(record, str(error), now)
        if not rows:
            self.on_skipped(record.topic)
        return Entry(record, rows)

    def _rows(self, message: Any, record: Record, now: int) -> Rows:
        match message:
            case ChatCounts():
                return count_rows(message) if self._is_kept(message, record, self.retention, now) else ()
            case EmoteCounts():
                return emote_minute_rows(message) if self._is_kept(message, record, self.emote_retention, now) else ()
            case chat_messages.Tick():
                return progress.tick_rows(message, now)
            case JobProgress():
                return progress.job_rows(message, now)
            case DeadLetter():
                return dead_letters.dead_letter_rows(message, record, now)
            case _:
                return SHAPERS[type(message)](message)

    @staticmethod
    def _is_kept(counts: ChatCounts | EmoteCounts, record: Record, retention: Retention, now: int) -> bool:
        if retention.is_ahead(counts.minute_at, now):
            raise ContractError(f"{record.topic}: minute_at {counts.minute_at} is days ahead")
        return not retention.is_over(counts.minute_at, now)


def without(entries: Iterable[Entry], places: Collection[Place]) -> list[Entry]:
    """Return the entries without the records of these partitions."""
    return [entry for entry in entries if entry.record is None or place_of(entry.record) not in places]


@dataclass
class WriteBatch:
    """What one transaction writes. Times are monotonic seconds."""

    limit: int
    linger_seconds: float  # how long rows that nobody waits for may stay in the batch
    entries: list[Entry] = field(default_factory=list)
    opened_at: float | None = None

    def add(self, entry: Entry, now: float) -> None:
        """Add an entry."""
        self.entries.append(entry)
        if self.opened_at is None:
            self.opened_at = now

    @property
    def space(self) -> int:
        """How many more records fit."""
        return max(0, self.limit - len(self.entries))

    def is_due(self, now: float) -> bool:
        """Return True once it is full, old, or holds rows that somebody waits for."""
        if self.opened_at is None:
            return False
        waited = now - self.opened_at >= self.linger_seconds
        return waited or not self.space or not all(entry.can_wait for entry in self.entries)

    def discard(self, places: Collection[Place]) -> None:
        """Forget the records of these partitions: they are read again."""
        self.entries = without(self.entries, places)

    def drain(self) -> list[Entry]:
        """Return the entries and empty the batch."""
        entries, self.entries, self.opened_at = self.entries, [], None
        return entries
