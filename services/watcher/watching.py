"""Looks at Postgres every few seconds, decides what is told, and delivers it, however long the webhook is away."""

import threading
import time
from collections.abc import Callable

import msgspec
import structlog

from contracts import metrics
from service_runtime.measures import measure
from watcher.answer import wait_seconds
from watcher.condition import Ages, Condition, Limits, judge
from watcher.ledger import Ledger, Told, kept
from watcher.notice import Times, begin, write
from watcher.pipeline import Pipeline
from watcher.verdict import Holds, Verdict
from watcher.webhook import Webhook

log = structlog.get_logger()
Clock = Callable[[], float]  # seconds


class Watching:
    """The watcher's worker. `now`: seconds since 1970 UTC; `steady`: seconds of a clock that is never set."""

    def __init__(
        self,
        pipeline: Pipeline,
        webhook: Webhook,
        ledger: Ledger,
        limits: Limits,
        holds: Holds,
        now: Clock = time.time,
        steady: Clock = time.monotonic,
    ) -> None:
        self._pipeline, self._webhook, self._ledger = pipeline, webhook, ledger
        self._limits, self._holds, self._now, self._steady = limits, holds, now, steady
        self._told = ledger.read()
        self._verdict = Verdict(self._told.told)
        self._failures, self._due_at = 0, 0.0

    def run(self, stop: threading.Event, interval_seconds: float) -> None:
        """Watch until `stop`."""
        log.info("watching", told=self._told.told, waiting=len(self._told.waiting))
        while not stop.is_set():
            self.look()
            self.deliver()
            stop.wait(interval_seconds)
        self._pipeline.close()

    def look(self) -> None:
        """One look; a decision is on disk before it is delivered."""
        ages = self._pipeline.ages()
        seen = judge(ages, self._limits)
        self._show(ages, seen)
        steady = self._steady()
        before, self._verdict = self._verdict, self._verdict.look(seen, steady, self._holds)
        if self._verdict.told is not before.told:
            seen_at = self._now() - before.lasted_seconds(self._verdict.told, steady)
            self._decide(before.told, self._verdict.told, seen_at, ages or Ages())

    def _decide(self, before: Condition, told: Condition, seen_at: float, ages: Ages) -> None:
        at = self._now()
        began_at = begin(told, seen_at, at, ages) if before is Condition.WELL else self._told.began_at
        notice = write(before, told, Times(at, seen_at, began_at), ages)
        log.warning("decided", what=told, text=notice.text)
        measure(metrics.WATCHER_NOTICES).labels(event=told.value).inc()
        if self._webhook.is_set():
            self._remember(Told(told, began_at, kept((*self._told.waiting, notice))))
        else:
            log.warning("nobody to tell: WATCHER_WEBHOOK_URL_FILE is empty")
            self._remember(Told(told, began_at))

    def deliver(self) -> None:
        """Post what waits, in order, up to the first failure; nothing before the time of the next try."""
        while self._told.waiting and self._steady() >= self._due_at:
            answer = self._webhook.post(self._told.waiting[0])
            measure(metrics.WATCHER_POSTS).labels(outcome="delivered" if answer.delivered else "failed").inc()
            if answer.delivered:
                self._failures = 0
                log.info("told", what=self._told.waiting[0].event)
                self._remember(msgspec.structs.replace(self._told, waiting=self._told.waiting[1:]))
                continue
            self._failures += 1
            wait = wait_seconds(answer, self._failures)
            self._due_at = self._steady() + wait
            log.warning("webhook: " + answer.reason, tries=self._failures, again_in_seconds=round(wait, 1))

    def _remember(self, told: Told) -> None:
        self._told = told
        self._ledger.write(told)
        measure(metrics.WATCHER_WAITING).set(len(told.waiting))

    def _show(self, ages: Ages | None, seen: Condition | None) -> None:
        for condition in Condition:
            measure(metrics.WATCHER_CONDITION).labels(condition=condition.value).set(condition is seen)
        for metric, age in (
            (metrics.WATCHER_HEARTBEAT_AGE, ages and ages.heartbeat_seconds),
            (metrics.WATCHER_DATA_AGE, ages and ages.data_seconds),
        ):
            measure(metric).set(float("nan") if age is None else age)
        measure(metrics.WATCHER_LOOKED_AT).set(self._now())
