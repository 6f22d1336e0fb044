"""The machine's steady clock, and Twitch's clock as learned from messages."""

import time
from collections import deque
from statistics import median

SAMPLES = 63  # latest differences; their median decides which samples are believable
FIRST_SAMPLES = 3  # from here on one wrong sample is outvoted
BELIEVED_MS = 1_000  # a message this much fresher than the median carries a time in the future
BUCKET_MS = 10_000
WINDOW_BUCKETS = 60  # ten minutes: long enough for one message that came without delay
UNLEARNED_MARGIN_MS = 60_000  # before anything is learned: the machine's clock may be 30 s ahead
RESET_MS = 60_000  # a jump of the machine's clock: it slept, or somebody set the time


class MachineClock:
    """Wall time at the start plus steady time since: it does not jump when somebody sets the time."""

    def __init__(self) -> None:
        self._anchor_ms = time.time() * 1000 - time.monotonic() * 1000

    def __call__(self) -> int:
        """Return milliseconds since 1970 UTC, by the wall clock of the start."""
        return int(self._anchor_ms + time.monotonic() * 1000)


class TwitchClock:
    """Learn `machine's time - Twitch's time` as the smallest believable delay in a window."""

    def __init__(self, offset_before: int = 0) -> None:
        """`offset_before`: the offset learned before the last restart, 0 if none."""
        self._offset_before = offset_before
        self._samples: deque[int] = deque(maxlen=SAMPLES)
        self._buckets: deque[tuple[int, int]] = deque(maxlen=WINDOW_BUCKETS)
        self._offset: int | None = None

    @property
    def learned(self) -> bool:
        """Whether enough messages have arrived to know the offset."""
        return self._offset is not None

    @property
    def offset(self) -> int:
        """The best known `machine's time - Twitch's time`, milliseconds."""
        return self._offset_before if self._offset is None else self._offset

    def estimate(self, machine_ms: int) -> int:
        """Return the best guess of Twitch's time, for records that carry no time of their own."""
        return machine_ms - self.offset

    def now(self, machine_ms: int) -> int:
        """Return Twitch's time for ticks: safely in the past until the offset is learned."""
        return machine_ms - (UNLEARNED_MARGIN_MS if self._offset is None else self._offset)

    def observe(self, received_at: int, sent_at: int) -> None:
        """Learn from a message sent at Twitch's `sent_at` and received at the machine's `received_at`."""
        difference = received_at - sent_at
        self._samples.append(difference)
        if self._buckets:
            bucket, smallest = self._buckets[-1]
            if difference >= smallest and received_at // BUCKET_MS == bucket:
                return  # as nearly always: nothing changes
        if len(self._samples) < FIRST_SAMPLES:
            return
        middle = int(median(self._samples))
        if self._offset is not None and middle < self._offset - RESET_MS:
            self._buckets.clear()
        believed = [difference] if self._buckets else list(self._samples)
        for each in believed:
            if each >= middle - BELIEVED_MS:
                self._remember(received_at // BUCKET_MS, each)
        if self._buckets:
            self._offset = min(smallest for _, smallest in self._buckets)

    def _remember(self, bucket: int, difference: int) -> None:
        if self._buckets and self._buckets[-1][0] == bucket:
            self._buckets[-1] = (bucket, min(difference, self._buckets[-1][1]))
        else:
            self._buckets.append((bucket, difference))
