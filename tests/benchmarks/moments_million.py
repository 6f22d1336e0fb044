"""Fills a migrated database with a million moments and their clips: `python moments_million.py DSN [MOMENTS]`."""

import random
import sys
import time
from pathlib import Path

import aiosql
import msgspec
import psycopg

from contracts.moments import EmoteCount, Evidence, WordCount

SQL_FILE = Path(__file__).parent / "sql" / "moments_million.sql"
CHANNELS = 2000
TEMPLATES = 500  # different pieces of evidence
DAYS = 365  # the moments are spread over this time before now
CHUNK = 100_000  # moments a transaction
CURVE_SECONDS = 91  # from 60 s before the peak to 30 s after it
EMOTES = ("LUL", "KEKW", "PogChamp", "Kappa", "monkaS", "OMEGALUL", "BibleThump", "catJAM")
WORDS = ("clip", "wow", "what", "gg", "insane", "lets go", "no way", "clutch")


def evidence(dice: random.Random) -> Evidence:
    """Make a burst's curve: Poisson-like chat, a steep rise, a slow fall."""
    usual = dice.uniform(0.5, 20)
    height = usual * dice.uniform(2, 12)
    curve = [
        max(0, round(dice.gauss(usual, usual**0.5) + (height * 0.93 ** (second - 57) if second >= 57 else 0)))
        for second in range(CURVE_SECONDS)
    ]
    chatters = [round(count * dice.uniform(0.6, 1.0)) for count in curve]
    window = sum(curve[53:61])
    return Evidence(
        curve_from_at=1_750_000_000_000,
        messages=curve,
        chatters=chatters,
        covered=[1] * CURVE_SECONDS,
        window_seconds=8,
        window_messages=window,
        window_chatters=round(window * 0.8),
        usual_messages_per_second=usual,
        usual_chatters_per_second=usual * 0.8,
        emotes=[
            EmoteCount("twitch", str(dice.randrange(10**6)), name, max(1, round(window * share)), max(1, window // 3))
            for name, share in zip(dice.sample(EMOTES, 5), (0.5, 0.2, 0.1, 0.05, 0.02), strict=True)
        ],
        words=[WordCount(word, max(5, window // 4), max(5, window // 5)) for word in dice.sample(WORDS, 5)],
    )


def fill(dsn: str, moments: int = 1_000_000, seed: int = 1, days: float = DAYS) -> None:
    """Add `moments` closed moments of 2000 channels over these days, clips for 60 % of them, and analyse the tables."""
    queries = aiosql.from_path(SQL_FILE, "psycopg")
    dice = random.Random(seed)
    pieces = [
        {"template_id": number, "evidence": msgspec.json.encode(evidence(dice)).decode()} for number in range(TEMPLATES)
    ]
    names = [
        {"place": place, "channel_id": str(10_000_000 + place), "login": f"channel_{place}"}
        for place in range(1, CHANNELS + 1)
    ]
    with psycopg.connect(dsn, autocommit=True, options="-c synchronous_commit=off -c work_mem=64MB") as connection:
        connection.execute("SELECT setseed(0.5)")
        queries.make_templates(connection)
        queries.add_evidence(connection, pieces)
        queries.add_channel(connection, names)
        connection.execute("ANALYZE template_evidence, template_channels")
        queries.fill_channels(connection)
        common = {
            "now_seconds": time.time(),
            "days": days,
            "moments": moments,
            "channels": CHANNELS,
            "templates": TEMPLATES,
        }
        for last in range(moments, 0, -CHUNK):
            queries.fill_moments(connection, first=max(1, last - CHUNK + 1), last=last, **common)
        queries.fill_clips(connection)
        connection.execute("VACUUM (ANALYZE) moments, clips, channels")


def main() -> int:
    """Fill the database named on the command line."""
    if len(sys.argv) < 2:
        sys.stdout.write(f"fills a database for other benches: {Path(sys.argv[0]).name} DSN [MOMENTS]\n")
        return 0
    moments = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    started = time.monotonic()
    fill(sys.argv[1], moments)
    sys.stdout.write(f"{moments} moments in {time.monotonic() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
