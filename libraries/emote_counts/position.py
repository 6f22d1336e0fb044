"""From where chat has to be read again, after a stop or a crash, to count the open minutes once more.

Nothing of a tally is kept but this. Keep it only when every minute that it calls closed is in Kafka for good: the topic
emote-counts is synced later, so a position may be used twice FLUSH_MS after its minutes were acknowledged. A power cut
may take the end of a partition of chat-messages, and what comes again lies at other offsets: `holds` compares ticks.
"""

import msgspec

from contracts.chat_messages import Tick

UNKNOWN = -1  # of a start in the middle of the log: the first tick tells


class Position(msgspec.Struct, kw_only=True, frozen=True):
    """A place in one partition of chat-messages.

    `offset`: no record before it belongs to a minute that was open. `read_until`: the offset up to which everything was
    counted. `closed_until`: every minute before this time (ms) is finished. `tick_offset` and `tick_at`: the last tick
    that was read, None before the first. `opted_out`: the channels that an opt-out before `read_until` took out.
    """

    offset: int
    read_until: int
    closed_until: int
    tick_offset: int | None = None
    tick_at: int | None = None
    opted_out: tuple[str, ...] = ()

    def holds(self, found: Tick | None) -> bool:
        """Return whether the partition still has what was read; `found`: the tick that is at `tick_offset` now.

        If not, begin where an older position that holds says, or with `midway`: minutes that are counted twice give the
        same rows.
        """
        return self.tick_offset is None or (found is not None and found.sent_at == self.tick_at)


def beginning() -> Position:
    """Return the position before the first record that a partition ever had."""
    return Position(offset=0, read_until=0, closed_until=0)


def midway(offset: int) -> Position:
    """Return a position before which there were records that nobody counted: the first minutes are not whole."""
    return Position(offset=offset, read_until=offset, closed_until=UNKNOWN)
