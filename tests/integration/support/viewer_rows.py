"""Viewers' clips of a night, and the self-score that the recorder makes of them, for pages and pictures."""

from datetime import timedelta

from integration.support.database import as_role
from integration.support.night import CHANNEL, PEAKS, STREAM, NightRows

from recorder.database import Database
from recorder.judging.score_keeper import ScoreKeeper

TABLES = "viewer_clips, viewer_places, self_scores, self_score_days"
TITLE = "what a stranger called it <b>"
MISSED = ((30.0, 3, 1204), (70.0, 2, 15), (120.0, 1, 0))  # minute, viewers, views of each: without a moment of ours


class ViewerRows(NightRows):
    """Writes clips of viewers."""

    def fresh(self) -> None:
        """Forget those, too."""
        super().fresh()
        self.run(f"TRUNCATE {TABLES}")

    def clip_of(
        self, clip_id: str, minute: float, *, views: int = 5, again: bool = False, stream_id: str | None = STREAM
    ) -> None:
        """Store a viewer's clip that begins at a minute of the night."""
        begin = self.at(minute)
        self.run(
            "INSERT INTO viewer_clips (clip_id, channel_id, stream_id, started_at, ended_at, located_by, located_at,"
            " created_at, views, title, url, again, asked_at)"
            " VALUES (%s, %s, %s, %s, %s, 'vod_offset', now(), %s, %s, %s, %s, %s, now())",
            clip_id, self.channel_id, stream_id, begin, begin + timedelta(seconds=28), begin + timedelta(minutes=1),
            views, TITLE, f"https://clips.twitch.tv/{clip_id}", again,
        )  # fmt: skip

    def clipped(self, number: int, viewers: int) -> None:
        """Let so many viewers clip a peak of the night."""
        for each in range(viewers):
            self.clip_of(f"Peak{number}By{each}", PEAKS[number][0] - 0.2 + each / 100, views=10 * each)

    def missed(self) -> None:
        """Let viewers clip where we have no moment."""
        for minute, viewers, views in MISSED:
            for each in range(viewers):
                self.clip_of(f"Missed{minute:.0f}By{each}", minute + each / 100, views=views if each == 0 else 0)

    def judge(self) -> int:
        """Score what is due, as the recorder does."""
        database = Database(as_role(self.dsn, "recorder"), "self-score")
        try:
            return ScoreKeeper(database).keep(every_seconds=0.0, pause_seconds=0.0)
        finally:
            database.close()

    def shadow(self, minutes: list[float], name: str = "lower") -> None:
        """Let an experimental detector find moments."""
        for minute in minutes:
            crossed_ago = (self.ended_at - self.at(minute)).total_seconds() + self.ended_ago_seconds()
            self.moment(
                f"shadow{minute}", crossed_ago, revision=3, notify=False, shadow=True, detector_name=name, score=3.4
            )

    def ended_ago_seconds(self) -> float:
        """Return how long the night has been over."""
        (row,) = self._own.execute("SELECT extract(epoch FROM now() - %s::timestamptz)", (self.ended_at,)).fetchall()
        return float(row[0])

    def scored(self, places: int, found: int, moments: int, clipped: int, *, days_ago: int = 1) -> None:
        """Store a day's score of another channel of many places."""
        self.run("INSERT INTO channels VALUES ('77', 'kraken', 'Kraken', now()) ON CONFLICT DO NOTHING")
        numbers = [[part] * 5 + [part // 2] * 4 + [part // 5] * 4 for part in (moments, clipped, found)]
        self.run(
            "INSERT INTO self_scores VALUES ('77', current_date - %s, '', %s, 1, 36000, %s, %s, %s, %s)",
            days_ago, places, *numbers, [found / 9] * 13,
        )  # fmt: skip


def whole_night(dsn: str, *, with_chat: bool = True) -> ViewerRows:
    """Return a night with everything that viewers clipped of it, judged; without its counts it is made sooner."""
    rows = ViewerRows(dsn)
    rows.fresh()
    if with_chat:
        rows.whole()
    else:
        rows.begin()
        rows.progress()
        rows.peaks()
    rows.clipped(1, 4)
    rows.clipped(6, 2)
    rows.clipped(3, 1)
    rows.missed()
    rows.shadow([PEAKS[1][0], 30.2])
    rows.judge()
    return rows


__all__ = ["CHANNEL", "STREAM", "ViewerRows", "whole_night"]
