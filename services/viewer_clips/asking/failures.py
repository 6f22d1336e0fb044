"""What becomes of questions that failed: those of one kind about one channel rest, longer each time."""

from viewer_clips.rules.schedule import Job, Turn

FIRST_REST_MS, LONGEST_REST_MS = 60_000, 6 * 3_600_000
PATIENCE = 5  # failures in a row, over half an hour, after which a stretch is given up


class Failures:
    """`resting`: until when (ms since 1970) a channel is not asked for clips of a kind."""

    def __init__(self) -> None:
        self.resting: dict[Turn, float] = {}
        self._failed: dict[Turn, int] = {}

    def note(self, job: Job, now: int) -> int:
        """Let it rest; return how often it failed in a row."""
        number = self._failed.get(job.turn, 0) + 1
        self._failed[job.turn] = number
        self.resting[job.turn] = now + min(FIRST_REST_MS * 2 ** (number - 1), LONGEST_REST_MS)
        return number

    def is_hopeless(self, job: Job) -> bool:
        """Return whether it failed so often that the next stretch is asked for instead; of new clips none ever is."""
        return job.kind != "new" and self._failed.get(job.turn, 0) >= PATIENCE

    def over(self, job: Job) -> None:
        """Note that it was answered, or given up."""
        self._failed.pop(job.turn, None)
        self.resting.pop(job.turn, None)
