"""How often a message is edited, and how many requests go out: Discord allows fifty a second and rarely an old edit."""

from datetime import datetime, timedelta

EDIT_SECONDS = 30.0  # between two edits of one message: titles change twice in a row
OLD_SECONDS = 3600.0  # Discord counts the edits of messages that are older (error 30046)
OLD_EDIT_SECONDS = 900.0  # between two edits of such a message


def may_edit(sent_at: datetime, edited_at: datetime | None, at: datetime, is_last: bool = False) -> bool:
    """Return whether a message may be edited now. `edited_at`: when Discord was last asked for that."""
    if edited_at is None:
        return True
    is_old = at - sent_at > timedelta(seconds=OLD_SECONDS) and not is_last
    return at - edited_at >= timedelta(seconds=OLD_EDIT_SECONDS if is_old else EDIT_SECONDS)


class Pace:
    """`most` requests in a second, evenly: those of a burst would meet the next ones at the edge of a second.

    Times: seconds of a clock that only goes forward.
    """

    def __init__(self, most: int) -> None:
        self._gap_seconds = 1.0 / most
        self._next_at = 0.0

    def wait_seconds(self, now: float) -> float:
        """Count a request that goes out as soon as it may; return the seconds until then."""
        at = max(now, self._next_at)
        self._next_at = at + self._gap_seconds
        return at - now
