"""Shapes raids, gift subs and the like, without the people."""

from contracts.chat_messages import Notice
from recorder.rows.row import Row, Table

DELETIONS = ("message_deleted", "chatter_cleared")  # about one person's messages: meaningless without the person


def notice_rows(notice: Notice) -> tuple[Row, ...]:
    """Return one row of `notices`, none for a moderator's deletion."""
    if notice.notice_type in DELETIONS:
        return ()
    row = {
        "notice_id": notice.notice_id,
        "channel_id": notice.channel_id,
        "notice_type": notice.notice_type,
        "amount": notice.amount,
        "sent_at": notice.sent_at,
    }
    return (Row(Table.NOTICES, row),)
