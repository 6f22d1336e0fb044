"""What adoption and confirmation share: looking for a requested clip until it is found or its time is over."""

from abc import ABC, abstractmethod

from clip_creator.clip_log import records
from clip_creator.requests.context import StepContext
from clip_creator.requests.late_look import give_up
from contracts import metrics
from contracts.clips import Clip
from service_runtime.measures import measure
from twitch_access.answers import FoundClip


class ClipSearch(ABC):
    """A step that looks for one intent's clip, with longer and longer pauses. It never requests a clip."""

    looks_per_pause: int  # so many looks with each pause, before it grows
    is_measured: bool  # whether the time until the clip is found is how long Twitch takes to show one

    def __init__(self, context: StepContext, clip: Clip) -> None:
        self._context = context
        self._clip = clip
        self._attempts = 0

    def __call__(self) -> float | None:
        context = self._context
        if not context.latest_clips.is_current(self._clip):
            return None  # another process has recorded the outcome
        found, limit_seconds = self._look()
        now = context.now()
        waited = (now - self._clip.decided_at) / 1000
        if found is not None:
            context.writer.write(records.made(self._clip, found, now))
            if self.is_measured:
                measure(metrics.CLIP_SECONDS).observe(max(0.0, waited))
            return None
        if waited > limit_seconds:
            give_up(context, self._clip, self._reason(waited))
            return None
        self._attempts += 1
        return now / 1000 + context.settings.polling().wait_seconds(1 + self._attempts // self.looks_per_pause)

    @abstractmethod
    def _look(self) -> tuple[FoundClip | None, float]:
        """Return the clip, None if it is not there, and after how many seconds to give up; raise nothing."""

    @abstractmethod
    def _reason(self, waited: float) -> str:
        """Return why the clip is given up after so many seconds."""
