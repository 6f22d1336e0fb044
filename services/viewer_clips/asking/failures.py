"""What becomes of a question that failed: the channel rests, or everything does until Twitch or Kafka is back."""

from viewer_clips.rules.schedule import Job

FIRST_REST_MS, LONGEST_REST_MS = 60_000, 6 * 3_600_000
PATIENCE = 5  # failures of one stretch, some half an hour apart in all, after which it is given up


class Failures:
    """Which channels rest until when (ms since 1970)."""

    def __init__(self) -> None:
        self.resting: dict[str, float] = {}
        self._failed: dict[str, tuple[int, Job]] = {}

    def note(self, job: Job, now: int) -> None:
        """Let a channel rest, longer each time."""
        number = self.number(job) + 1
        self._failed[job.channel_id] = number, job
        self.resting[job.channel_id] = now + min(FIRST_REST_MS * 2 ** (number - 1), LONGEST_REST_MS)

    def number(self, job: Job) -> int:
        """Return how often in a row the channel's questions failed."""
        return self._failed[job.channel_id][0] if job.channel_id in self._failed else 0

    def is_hopeless(self, job: Job) -> bool:
        """Return whether this stretch failed so often that the next one is asked for instead; new clips never are."""
        known = self._failed.get(job.channel_id)
        return job.kind != "new" and known is not None and known[0] >= PATIENCE and known[1].span == job.span

    def over(self, channel_id: str) -> None:
        """Note that a channel's question was answered."""
        self._failed.pop(channel_id, None)
        self.resting.pop(channel_id, None)
