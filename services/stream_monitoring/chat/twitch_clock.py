"""Twitch's clock, learned from the messages: the machine's own clock may be wrong."""

from collections import deque
from statistics import median

SAMPLES = 63  # of the latest differences: what most of them say is believed
FIRST_SAMPLES = 3  # from here on one wrong sample is outvoted
BELIEVED_MS = 1_000  # a message this much fresher than the median is from the future, not fast
BUCKET_MS = 10_000
WINDOW_BUCKETS = 60  # ten minutes: long enough for one message that came without delay
UNLEARNED_MARGIN_MS = 60_000  # before anything was learned: the machine's clock may be 30 s ahead
RESET_MS = 60_000  # the machine slept, or its clock was set


class TwitchClock:
    """Learns `machine's time - Twitch's time` as the smallest believable delay of a window."""

    def __init__(self, offset_before: int = 0) -> None:
        """`offset_before`: what was learned before the last restart, 0 where nothing was."""
        self._offset_before = offset_before
        self._samples: deque[int] = deque(maxlen=SAMPLES)
        self._buckets: deque[tuple[int, int]] = deque(maxlen=WINDOW_BUCKETS)
        self._offset: int | None = None

    @property
    def learned(self) -> bool:
        """Whether enough messages came."""
        return self._offset is not None

    @property
    def offset(self) -> int:
        """The best that is known of `machine's time - Twitch's time`, milliseconds."""
        return self._offset_before if self._offset is None else self._offset

    def estimate(self, machine_ms: int) -> int:
        """Twitch's time as well as it is known, for records that have no time of their own."""
        return machine_ms - self.offset

    def now(self, machine_ms: int) -> int:
        """Twitch's time at the machine's time; safely in the past while nothing was learned, for ticks."""
        return machine_ms - (UNLEARNED_MARGIN_MS if self._offset is None else self._offset)

    def observe(self, received_at: int, sent_at: int) -> None:
        """A message with Twitch's time `sent_at` came at the machine's time `received_at`."""
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
