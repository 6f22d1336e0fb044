"""Measures what `/emotes` costs with 200 channels: a refresh, and reading today after a start."""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._emote_days import channel_id, fill, template
from benchmarks._result import write_result
from integration.support.api_frontend_process import own_postgres
from integration.support.database import as_role

from api_frontend.data.database import Database
from api_frontend.data.emotes.board import EmoteBoard
from api_frontend.data.emotes.channel_emotes import ChannelEmotes
from api_frontend.data.emotes.pictures import Pictures
from api_frontend.settings import IMAGES, TWITCH_EMOTES
from embedded.servers import postgres
from moment_detection.hidden_words import HiddenWords

CHANNELS, TEMPLATES, ROUNDS = 200, 8, 40
MACHINE_A = {"shared_buffers": "48MB", "effective_cache_size": "192MB", "work_mem": "2MB"}
WATCH = "INSERT INTO watched_channels VALUES (%s, %s, 'top', now())"
BOUNDS = (Bound("refresh_p95_ms", 50.0, 30.0), Bound("piece_p95_ms", 50.0, 30.0), Bound("kept_counts", 80_000, 80_000))


async def measure(dsn: str) -> dict[str, float]:
    """Read all of today, then refresh."""
    database = Database(as_role(dsn, "api_frontend"))
    await database.open()
    board = EmoteBoard(database, ChannelEmotes(database, Pictures(TWITCH_EMOTES, IMAGES), HiddenWords()))
    channels = [channel_id(number) for number in range(CHANNELS)]
    pieces, begun = [], time.perf_counter()
    is_whole = False
    while not is_whole:
        piece = time.perf_counter()
        is_whole = await board._advance(channels)
        pieces.append(1000 * (time.perf_counter() - piece))
    whole = time.perf_counter() - begun
    kept = len(board._tally.uses) + sum(map(len, board._tally.channels.values()))
    refreshes = []
    for number in range(ROUNDS):
        board.read.cache_clear()
        if number % 6 == 0:  # a minute later
            board._minutes, board._last_first = dict(list(board._minutes.items())[:-1]), None
        one = time.perf_counter()
        found = await board.read()
        refreshes.append(1000 * (time.perf_counter() - one))
    assert found.is_whole
    assert len(found.now) == len(found.today) == 100
    await database.close()
    return {
        "refresh_p50_ms": round(statistics.median(refreshes), 1),
        "refresh_p95_ms": round(statistics.quantiles(refreshes, n=20)[-1], 1),
        "piece_p95_ms": round(statistics.quantiles(pieces, n=20)[-1], 1),
        "pieces": len(pieces),
        "seconds_of_reading_today": round(whole, 1),
        "kept_counts": kept,
    }


def main() -> int:
    """Fill, measure, write the result; return 1 if a floor is missed."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    postgres.SETTINGS |= MACHINE_A
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        fill(server.dsn, [template(number) for number in range(TEMPLATES)], CHANNELS, 0, now)
        with psycopg.connect(server.dsn) as connection:
            for number in range(CHANNELS):
                connection.execute(WATCH, (channel_id(number), f"channel_{number}"))
        figures = asyncio.run(measure(server.dsn))
    table = judge(figures, BOUNDS)
    minutes = now.hour * 60 + now.minute
    write_result("emote_board", {"channels": CHANNELS, "minutes_of_today": minutes, **figures, "bounds": table})
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
