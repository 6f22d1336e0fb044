"""How often a message is edited, and how many requests go out: Discord allows fifty a second and rarely an old edit."""

from collections import deque
from datetime import datetime, timedelta

EDIT_SECONDS = 30.0  # between two edits of one message: titles change twice in a row
OLD_SECONDS = 3600.0  # Discord counts the edits of messages that are older (error 30046)
OLD_EDIT_SECONDS = 900.0  # between two edits of such a message


def may_edit(sent_at: datetime, edited_at: datetime | None, at: datetime, is_last: bool = False) -> bool:
    """Return whether a message may be edited now. The last edit, at a stream's end, does not wait."""
    if is_last or edited_at is None:
        return True
    is_old = at - sent_at > timedelta(seconds=OLD_SECONDS)
    return at - edited_at >= timedelta(seconds=OLD_EDIT_SECONDS if is_old else EDIT_SECONDS)


class Pace:
    """At most `most` requests in any second. Times: seconds of a clock that only goes forward."""

    def __init__(self, most: int) -> None:
        self._sent: deque[float] = deque(maxlen=most)

    def wait_seconds(self, now: float) -> float:
        """Count a request that goes out as soon as it may; return the seconds until then."""
        at = now
        if len(self._sent) == self._sent.maxlen:
            at = max(now, self._sent[0] + 1.0)
        self._sent.append(at)
        return at - now
