"""The self-score of simulated viewers' clips equals what the simulator's truth says, in Postgres and in the sweep."""

from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import psycopg
from integration.support.database import as_role
from integration.support.recorder_writer import NOW, Writer, example
from msgspec.structs import replace

from contracts.viewer_clips import APART_MS
from recorder.database import Database
from recorder.judging.score_keeper import ScoreKeeper
from self_score.sweep import THRESHOLDS
from twitch_simulator.crowd.clippers import plan_clips
from twitch_simulator.helix.viewer_clips import ViewerClips
from twitch_simulator.truth import Truth

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
CHANNEL = "12826"
BEGAN = NOW - 10 * HOUR
BURSTS = 90
FOUND_SHARE = 0.7
VIEWERS = [SimpleNamespace(user_id=str(each), display_name=f"viewer{each}") for each in range(300)]
Row = dict[str, Any]


def simulated(folder: Path, seed: int) -> tuple[list[Row], dict[int, list[Row]], list[tuple[int, int, float]]]:
    """Let viewers clip bursts; return the rows of viewer_clips.jsonl, those of each burst, and our moments.

    A moment is its burst (-1 for none), when it crossed, and its score.
    """
    rng = Random(seed)
    truth = Truth(folder)
    channel = SimpleNamespace(channel_id=CHANNEL, login="lunaplays")
    broadcast = SimpleNamespace(started_at=BEGAN, stream_id="s1", video_id="v1")
    stream: Any = SimpleNamespace(channel=channel, broadcast=broadcast)
    clips: Any = SimpleNamespace(add=lambda _: None, appears_at=lambda: 0.0)
    archives: Any = SimpleNamespace(look=lambda: None)
    viewers = ViewerClips(clips=clips, archives=archives, truth=truth, clock=lambda: NOW)
    by_burst: dict[int, list[Row]] = {}
    moments = []
    for number in range(BURSTS):
        starts_at = BEGAN + (number + 1) * 7 * MINUTE
        burst: Any = SimpleNamespace(
            starts_at=starts_at, peak_at=starts_at + 8 * SECOND, ends_at=starts_at + 25 * SECOND, channel=channel
        )
        by_burst[number] = [
            viewers.make(stream, each.viewer, shown=(each.from_at, each.until_at), title=each.title, joke=each.joke)
            for each in plan_clips(rng, burst, VIEWERS, 2.5)  # type: ignore[arg-type]
        ]
        if rng.random() < FOUND_SHARE:
            moments.append((number, starts_at + rng.randint(1, 6) * SECOND, rng.uniform(4, 9)))
        if rng.random() < 0.2:
            moments.append((-1, starts_at + 270 * SECOND, rng.uniform(4, 6)))
    told = truth.read("viewer_clips")
    truth.close()
    return told, by_burst, moments


def is_again(row: Row, before: list[Row]) -> bool:
    """Return whether its viewer has clipped this before."""
    return any(
        each["viewer"] == row["viewer"]
        and each["from_at"] - APART_MS < row["until_at"]
        and row["from_at"] - APART_MS < each["until_at"]
        for each in before
    )


def test_the_score_equals_the_truths(postgres: str, writer: Writer, tmp_path: Path) -> None:
    told, by_burst, moments = simulated(tmp_path, 7)
    joined = example("stream-lifecycle", "coverage_gap")
    writer.write("stream-lifecycle", replace(joined, event="joined", channel_id=CHANNEL, sent_at=BEGAN - HOUR))
    clip, moment = example("viewer-clips", "by_vod_offset"), example("moments", "closed")
    writer.write(
        "viewer-clips",
        *(
            replace(
                clip, clip_id=row["clip_id"], channel_id=CHANNEL, stream_id=row["stream_id"], title=row["title"],
                started_at=row["from_at"], ended_at=row["until_at"], created_at=row["created_at"],
                vod_offset=row["vod_offset"], again=is_again(row, told[:number]),
            )
            for number, row in enumerate(told)
        ),
    )  # fmt: skip
    writer.write(
        "moments",
        *(
            replace(
                moment, moment_id=f"m{at}", channel_id=CHANNEL, crossed_at=at, peak_at=at + 5 * SECOND,
                score=score, stream_id=None,
            )
            for _, at, score in moments
        ),
    )  # fmt: skip
    database = Database(as_role(postgres, "recorder"), "self-score")
    ScoreKeeper(database).keep(every_seconds=0.0, pause_seconds=0.0)
    database.close()

    real = {number: [each for each in rows if not each["joke"]] for number, rows in by_burst.items()}
    judges = {number for number, rows in real.items() if len({each["viewer"] for each in rows}) >= 2}
    missed_by_all = [number for number, rows in real.items() if not rows]
    assert len(judges) > 25
    assert len(missed_by_all) > 10
    with psycopg.connect(postgres) as connection:
        sums = connection.execute(
            "SELECT step, sum(places), sum(found[step]), sum(moments[step]), sum(clipped[step])"
            " FROM self_scores CROSS JOIN generate_series(1, %s) AS step GROUP BY step ORDER BY step",
            (len(THRESHOLDS),),
        ).fetchall()
        noted = dict(connection.execute("SELECT moment_id, viewer_clips FROM moments").fetchall())
        alone = connection.execute("SELECT count(*), sum(viewers) FROM visible_viewer_places").fetchone()
    for (_, *score), threshold in zip(sums, THRESHOLDS, strict=True):
        ours = [(number, at) for number, at, height in moments if height >= threshold]
        found = {number for number, _ in ours} & judges
        clipped = [number for number, _ in ours if real.get(number)]
        assert score == [len(judges), len(found), len(ours), len(clipped)], threshold
    for number, at, _ in moments:
        assert noted[f"m{at}"] == len({each["viewer"] for each in real.get(number, [])})
    found_bursts = {number for number, *_ in moments}
    left = [rows for number, rows in real.items() if rows and number not in found_bursts]
    jokes = [[each] for rows in by_burst.values() for each in rows if each["joke"]]
    people = sum(len({each["viewer"] for each in rows}) for rows in left + jokes)
    assert alone == (len(left) + len(jokes), people)
