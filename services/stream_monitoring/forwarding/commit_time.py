"""When the forwarder commits: once a second of event time at a live chat, at once in a backlog and at the end."""

from dataclasses import dataclass

from stream_monitoring.capture.ticks import crosses_second
from stream_monitoring.timing import LONGEST_WAIT_SECONDS

MOST_RECORDS = 12_000  # in one transaction while draining; 20,000 take more than the 100 MB of a standby


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncommitted:
    """What waits in the spool. `committed_tick`, `newest_tick`: of the last frame that is committed, and that is not.

    `waited_seconds`: since the last commit. `is_stopping`: this instance flushes what it has, and ends.
    """

    records: int
    committed_tick: int
    newest_tick: int
    waited_seconds: float
    is_stopping: bool

    @property
    def is_due(self) -> bool:
        """Whether to commit it now. Records wait for the tick that closes their second, and no longer."""
        if not self.records:
            return False
        return (
            self.is_stopping
            or crosses_second(self.committed_tick, self.newest_tick)
            or self.records >= MOST_RECORDS
            or self.waited_seconds >= LONGEST_WAIT_SECONDS
        )
