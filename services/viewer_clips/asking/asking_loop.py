"""The worker: hears who is watched, does what is due, and keeps both on this disk."""

import threading
import time
from collections.abc import Callable

import structlog
from confluent_kafka import KafkaException

from contracts import metrics
from service_runtime.backoff import Backoff
from service_runtime.kafka import KafkaAwayError
from service_runtime.measures import measure
from twitch_access.errors import RateLimited, Refused, Retryable, TwitchError, WrongShape
from viewer_clips.asking.asker import Asker, DoubtfulError, StoppedError
from viewer_clips.asking.failures import Failures
from viewer_clips.asking.figures import Figures
from viewer_clips.kept.store import Store
from viewer_clips.log.log_reader import LogReader
from viewer_clips.log.watching import hear
from viewer_clips.rules.schedule import Job, Pace, next_job, split_front

log = structlog.get_logger()
POLL_SECONDS = 0.5
TIDY_SECONDS = 600.0
OF_CHANNEL = (Refused, WrongShape, DoubtfulError)  # others' questions may be answered
AGAIN = Backoff(first_seconds=1.0, longest_seconds=60.0)


class AskingLoop:
    """For one thread. `asker`: None without credentials, when Kafka is heard and nobody is asked."""

    def __init__(
        self, *, reader: LogReader, store: Store, asker: Asker | None, pace: Pace, now: Callable[[], int]
    ) -> None:
        self._reader, self._store, self._asker, self._pace, self._now = reader, store, asker, pace, now
        self._failures, self._figures = Failures(), Figures()
        self._pause_until = self._tidy_at = 0.0
        self._attempts = 0
        self._trouble = ""

    def problems(self) -> dict[str, str]:
        """Return for /ready what keeps it from its work."""
        if not self._reader.is_current or self._reader.is_away:
            return {"kafka": "does not answer, or is read up to its end; nothing is lost"}
        return {}

    def notes(self) -> dict[str, str]:
        """Return for /ready what somebody may mend, or what passes by itself."""
        if self._asker is None:
            return {"twitch": "no TWITCH_CLIENT_ID: nobody is asked for clips"}
        return {"twitch": self._trouble} if self._trouble else {}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop`. Raises KafkaException and sqlite3.Error for what only another start can mend."""
        try:
            self._begin(stop)
            while not stop.is_set():
                self._hear()
                if self._reader.is_current:
                    self.step()
        finally:
            self._reader.close()
            self._store.close()

    def _begin(self, stop: threading.Event) -> None:
        """Start reading once Kafka answers and has the topics."""
        attempt = 0
        while not stop.is_set():
            try:
                self._reader.begin(self._store.positions(), self._now())
                return
            except KafkaException as error:
                attempt += 1
                if attempt == 1:
                    log.warning("waiting for Kafka", reason=str(error))
                stop.wait(min(5.0, AGAIN.wait_seconds(attempt)))

    def _hear(self) -> None:
        """Hear what Kafka has, and keep it with its position."""
        busy = self._reader.is_current and time.monotonic() >= self._pause_until and self._asker is not None
        records, positions = self._reader.read(0.05 if busy else POLL_SECONDS)
        if records:
            with self._store.transaction():
                for record in records:
                    hear(self._store, record)
                self._store.note_positions(positions)

    def step(self) -> None:
        """Do one thing that is due."""
        now = self._now()
        channels = self._store.channels(now)
        if time.monotonic() >= self._tidy_at:
            self._tidy_at = time.monotonic() + TIDY_SECONDS
            self._store.tidy(channels, now)
        for channel in channels:
            begin, gap = split_front(channel, now)
            if begin != channel.asked_until:
                self._store.move_front(channel.channel_id, begin, gap)
        channels, gaps = self._store.channels(now), self._store.gaps()
        self._figures.show(channels, gaps, now)
        if self._asker is None or time.monotonic() < self._pause_until:
            return
        job = next_job(channels, gaps, self._failures.resting, now, self._pace)
        if job is not None:
            self._do(self._asker, job)
        else:
            self._pause_until = time.monotonic() + POLL_SECONDS

    def _do(self, asker: Asker, job: Job) -> None:
        """Ask; note what failed, and when to go on."""
        outcome = "ok"
        try:
            asker.do(job, believes_losses=self._failures.is_hopeless(job))
        except StoppedError:
            outcome = "stopped"
        except OF_CHANNEL as error:
            outcome = "refused"
            self._refused(job, error)
        except RateLimited as error:
            outcome = "rate_limited"
            self._pause_until = time.monotonic() + max(1.0, error.reset_at - self._now() / 1000)
        except (TwitchError, KafkaAwayError) as error:
            outcome = "away" if isinstance(error, (Retryable, KafkaAwayError)) else "unauthorized"
            self._wait(error)
        else:
            self._failures.over(job)
            self._attempts, self._trouble = 0, ""
        measure(metrics.VIEWER_CLIPS_JOBS).labels(kind=job.kind, outcome=outcome).inc()

    def _refused(self, job: Job, error: Exception) -> None:
        if self._failures.is_hopeless(job):
            log.error("clips given up", channel=job.channel_id, kind=job.kind, span=job.span, reason=str(error))
            measure(metrics.VIEWER_CLIPS_JOBS).labels(kind=job.kind, outcome="given_up").inc()
            self._store.settle(job, ())
            self._failures.over(job)
        elif self._failures.note(job, self._now()) == 1:
            log.warning("a channel's clips are asked for later", channel=job.channel_id, reason=str(error))

    def _wait(self, error: Exception) -> None:
        self._attempts += 1
        self._pause_until = time.monotonic() + AGAIN.wait_seconds(self._attempts)
        if not self._trouble:
            log.warning("waiting; nothing is lost", reason=str(error))
        self._trouble = str(error)
