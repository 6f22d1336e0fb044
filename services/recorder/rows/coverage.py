"""Shapes which seconds of a channel were read."""

from contracts.chat_messages import Coverage
from contracts.codec import ContractError
from recorder.rows.row import Row, Table


def coverage_rows(coverage: Coverage) -> tuple[Row, ...]:
    """Return one row for table `coverage`. If the same gap arrives twice, the SQL keeps the longer one."""
    gap = coverage.event == "gap"
    if gap and (coverage.gap_from_at is None or coverage.gap_until_at is None):
        raise ContractError("stream-lifecycle: a gap without its two times")
    row = {
        "channel_id": coverage.channel_id,
        "event": coverage.event,
        "from_at": coverage.gap_from_at if gap else coverage.sent_at,
        "until_at": coverage.gap_until_at if gap else None,
        "reason": coverage.reason,
    }
    return (Row(Table.COVERAGE, row),)
