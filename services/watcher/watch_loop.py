"""Checks Postgres every few seconds, decides what to report, and delivers notices in order, with retries."""

import threading
import time
from collections.abc import Callable

import msgspec
import structlog

from contracts import metrics
from service_runtime.measures import measure
from watcher.condition import Ages, Condition, Limits, condition_of
from watcher.debounce import Debounce, Delays
from watcher.notice import Times, compose, outage_start
from watcher.progress import ProgressReader
from watcher.state_file import StateFile, WatcherState, newest
from watcher.webhook import Webhook
from watcher.webhook_answer import retry_seconds

log = structlog.get_logger()
Clock = Callable[[], float]  # seconds
STUCK_SECONDS = 120.0  # without a check; one takes half a minute at most, with Postgres hanging
MUTE_SECONDS = 600.0  # in which the webhook took no notice that waits


class WatchLoop:
    """The watcher's worker. `now`: seconds since 1970 UTC; `monotonic`: seconds of a clock that is never adjusted."""

    def __init__(
        self,
        *,
        progress: ProgressReader,
        webhook: Webhook,
        state_file: StateFile,
        limits: Limits,
        delays: Delays,
        now: Clock = time.time,
        monotonic: Clock = time.monotonic,
    ) -> None:
        self._progress, self._webhook, self._state_file = progress, webhook, state_file
        self._limits, self._delays, self._now, self._monotonic = limits, delays, now, monotonic
        self._state = state_file.read()
        self._debounce = Debounce(self._state.last_reported)
        self._failures, self._retry_at = 0, 0.0
        self._paused_until = 0.0  # on the monotonic clock
        self._checked_at, self._failing_since = monotonic(), 0.0  # the same

    def run(self, stop: threading.Event, interval_seconds: float) -> None:
        """Check and deliver until `stop`."""
        log.info("watcher started", last_reported=self._state.last_reported, pending=len(self._state.pending))
        while not stop.is_set():
            self.check()
            self.deliver()
            stop.wait(interval_seconds)
        self._progress.close()

    def check(self) -> None:
        """Check once; a report is on disk before it is delivered."""
        ages = self._progress.ages()
        observed = condition_of(ages, self._limits)
        self._export(ages, observed)
        at = self._checked_at = self._monotonic()
        if self._is_paused(at):
            observed = None  # as if there was nothing to see: what lasts beyond the pause is reported after it
        before, self._debounce = self._debounce, self._debounce.observe(observed, at, self._delays)
        condition = self._debounce.last_reported
        if condition is not before.last_reported:
            observed_at = self._now() - before.lasted_seconds(condition, at)
            self._report(before.last_reported, condition, observed_at, ages or Ages())

    def problem(self) -> str | None:
        """Say why the operator would not hear of trouble now; None if all is well. Another thread may ask."""
        at = self._monotonic()
        if at - self._checked_at > STUCK_SECONDS:
            return "the watcher has stopped checking"
        if self._state.pending and self._failing_since and at - self._failing_since > MUTE_SECONDS:
            return "the webhook takes no notices"
        return None

    def _is_paused(self, at: float) -> bool:
        """Return whether reports are held back; while Postgres is away, what it said last counts."""
        left = self._progress.pause_seconds()
        if left is not None:
            self._paused_until = at + left
        measure(metrics.WATCHER_PAUSE).set(max(0.0, self._paused_until - at))
        return at < self._paused_until

    def _report(self, before: Condition, condition: Condition, observed_at: float, ages: Ages) -> None:
        at = self._now()
        began_at = self._state.began_at
        if before is Condition.WELL:
            began_at = outage_start(condition, observed_at, at, ages)
        notice = compose(before, condition, Times(at, observed_at, began_at), ages)
        log.warning("condition changed", condition=condition, text=notice.text)
        measure(metrics.WATCHER_NOTICES).labels(event=condition.value).inc()
        if self._webhook.is_set():
            self._store(WatcherState(condition, began_at, newest((*self._state.pending, notice))))
        else:
            log.warning("notice not sent: the file of WATCHER_WEBHOOK_URL_FILE is empty or not set")
            self._store(WatcherState(condition, began_at))

    def deliver(self) -> None:
        """Post pending notices in order up to the first failure, but not before the next retry is due."""
        while self._state.pending and self._monotonic() >= self._retry_at:
            notice = self._state.pending[0]
            answer = self._webhook.post(notice)
            measure(metrics.WATCHER_POSTS).labels(outcome="delivered" if answer.delivered else "failed").inc()
            if answer.delivered:
                self._failures, self._failing_since = 0, 0.0
                log.info("notice delivered", condition=notice.event)
                self._store(msgspec.structs.replace(self._state, pending=self._state.pending[1:]))
                continue
            self._failures += 1
            self._failing_since = self._failing_since or self._monotonic()
            wait = retry_seconds(answer, self._failures)
            self._retry_at = self._monotonic() + wait
            log.warning(
                "notice not delivered", reason=answer.reason, failures=self._failures, retry_in_seconds=round(wait, 1)
            )

    def _store(self, state: WatcherState) -> None:
        self._state = state
        self._state_file.write(state)
        measure(metrics.WATCHER_WAITING).set(len(state.pending))

    def _export(self, ages: Ages | None, observed: Condition | None) -> None:
        for condition in Condition:
            measure(metrics.WATCHER_CONDITION).labels(condition=condition.value).set(condition is observed)
        for metric, age in (
            (metrics.WATCHER_HEARTBEAT_AGE, ages and ages.heartbeat_seconds),
            (metrics.WATCHER_DATA_AGE, ages and ages.data_seconds),
        ):
            measure(metric).set(float("nan") if age is None else age)
        for backup in ages.backups if ages else ():
            good_seconds = float("inf") if backup.good_seconds is None else backup.good_seconds
            measure(metrics.BACKUP_AGE).labels(kind=backup.kind).set(good_seconds)
            measure(metrics.BACKUP_FAILING).labels(kind=backup.kind).set(backup.is_failing)
        measure(metrics.WATCHER_LOOKED_AT).set(self._now())
