"""A revision of a moment as a row."""

from contracts.moments import Moment
from recorder.rows.row import Row, Table
from recorder.rows.word_policy import without_private_words


def moment_rows(moment: Moment) -> tuple[Row, ...]:
    """One row of `moments`; the statement keeps it only where its revision is higher than the row's."""
    return (
        Row(
            Table.MOMENTS,
            {
                "moment_id": moment.moment_id,
                "revision_number": moment.revision_number,
                "channel_id": moment.channel_id,
                "detector_name": moment.detector_name,
                "detector_version": moment.detector_version,
                "stream_id": moment.stream_id,
                "stream_started_at": moment.stream_started_at,
                "crossed_at": moment.crossed_at,
                "peak_at": moment.peak_at,
                "closed_at": moment.closed_at,
                "score": moment.score,
                "times_usual": moment.times_usual,
                "causes": moment.causes,
                "mood": moment.mood,
                "mood_share": moment.mood_share,
                "biggest_in_seconds": moment.biggest_in_seconds,
                "clip_from_at": moment.clip_from_at,
                "clip_until_at": moment.clip_until_at,
                "no_clip_reason": moment.no_clip_reason,
                "shadow": moment.shadow,
                "evidence": without_private_words(moment.evidence),
            },
        ),
    )
