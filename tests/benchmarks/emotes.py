"""Measures the storage of emotes, its readers, and the counting: `python tests/benchmarks/emotes.py [--quick]`.

A Postgres with machine A's settings is filled with 200 channels over 30 days. With --quick, or EMOTE_CHANNELS and
EMOTE_DAYS, with less: the size is then scaled up, and results/emotes.json stays as it was. CHAT_DATA: count recorded
chat. What needs a running system, the way from a use to an open graph and memory limits, is measured elsewhere.
"""

import asyncio
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._emote_days import EMOTES, WEIGHTS, Template, channel_id, fill, first_id, template
from benchmarks._result import write_result
from integration.support.api_frontend_process import own_postgres
from integration.support.database import as_role

from contracts import chat_messages, codec
from embedded.servers import postgres
from emote_counts.counting import PartitionCounter
from emote_counts.position import beginning
from emote_counts.reading import Ask, asking, emote_series, top_emotes
from emote_counts.series import MOST_POINTS, STEPS, period_of
from emote_counts.tally import Tally

WHOLE_CHANNELS, WHOLE_DAYS = 200, 30
QUICK = "--quick" in sys.argv
CHANNELS = int(os.environ.get("EMOTE_CHANNELS", "16" if QUICK else WHOLE_CHANNELS))
DAYS = int(os.environ.get("EMOTE_DAYS", "4" if QUICK else WHOLE_DAYS))
TEMPLATES = min(8, CHANNELS)
MACHINE_A = {"shared_buffers": "48MB", "effective_cache_size": "192MB", "work_mem": "2MB"}
ROUNDS, WARM_UP = 300, 20
MESSAGES = 300_000
RATE = 928  # messages per second of 200 channels
BOUNDS = (
    Bound("size_gb", 5.0, 3.5),
    *(Bound(f"series_{step}_s_p95_ms", 50.0, 10.0) for step in STEPS),
    *(Bound(f"top_{name}_p95_ms", 50.0, 10.0) for name in ("1_h", "24_h", "30_days")),
    Bound("cpu_us_a_message", 10.0, 1e6 / 300_000),
)
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def sizes(dsn: str, now: datetime) -> dict[str, float]:
    """Return the bytes of a channel's day, of a channel's minute and of a name, with their indexes."""
    sql = """
        SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c
        WHERE c.relispartition AND c.relkind = 'r' AND c.relname LIKE %s
    """
    with psycopg.connect(dsn) as connection:

        def number(query: str, *values: object) -> float:
            row = connection.execute(query, values).fetchone()  # type: ignore[call-overload]
            return float(row[0])

        minutes = number("SELECT count(*) FROM emote_minutes")
        return {
            "bytes_a_channel_day": (
                number(sql, "emote_days%") + number("SELECT pg_total_relation_size('emote_rollups')")
            )
            / (CHANNELS * DAYS),
            "bytes_a_channel_minute": number(sql, f"emote_minutes_{now:%Y%m%d}") / minutes,
            "bytes_a_name": number("SELECT pg_total_relation_size('emotes')") / (TEMPLATES * EMOTES),
        }


def whole_size(found: dict[str, float]) -> float:
    """Return the gigabytes of 200 channels over 30 days, with two days of minutes. No emote is in two channels."""
    days = found["bytes_a_channel_day"] * WHOLE_CHANNELS * WHOLE_DAYS
    minutes = found["bytes_a_channel_minute"] * WHOLE_CHANNELS * 2 * 1_440
    names = found["bytes_a_name"] * WHOLE_CHANNELS * EMOTES
    return round((days + minutes + names) / 1e9, 2)


async def timed(ask: Callable[[random.Random], Awaitable[object]]) -> dict[str, float]:
    """Time a question with random arguments, milliseconds."""
    dice, found = random.Random(1), []
    for number in range(WARM_UP + ROUNDS):
        begun = time.perf_counter()
        await ask(dice)
        if number >= WARM_UP:
            found.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(found, n=100)
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2)}


def questions(ask: Ask, now: datetime) -> dict[str, Callable[[random.Random], Awaitable[object]]]:
    """Return every step's longest series, and tops, of a random channel; emotes by how often they are used."""
    now_ms = int(now.timestamp() * 1000)
    begin = now_ms - DAYS * DAY_MS

    async def series(dice: random.Random, step: int) -> object:
        channel = dice.randrange(CHANNELS)
        (rank,) = dice.choices(range(EMOTES), cum_weights=WEIGHTS)
        length = min(MOST_POINTS * step * 1000, DAYS * DAY_MS)
        until = now_ms if dice.random() < 0.5 else dice.randint(begin + length, now_ms)
        period = period_of(until - length, until, step)
        return await emote_series(ask, channel_id(channel), [first_id(channel % TEMPLATES) + rank], period)

    async def top(dice: random.Random, length: int) -> object:
        length = min(length, DAYS * DAY_MS)
        until = now_ms if dice.random() < 0.5 else dice.randint(begin + length, now_ms)
        return await top_emotes(ask, channel_id(dice.randrange(CHANNELS)), until - length, until)

    found = {f"series_{step}_s": lambda dice, step=step: series(dice, step) for step in STEPS}
    tops = {"1_h": HOUR_MS, "24_h": DAY_MS, "30_days": 30 * DAY_MS}
    return found | {f"top_{name}": lambda dice, length=length: top(dice, length) for name, length in tops.items()}


async def time_questions(dsn: str, now: datetime) -> dict[str, dict[str, float]]:
    """Time every question on a connection of the site's."""
    async with await psycopg.AsyncConnection.connect(as_role(dsn, "api_frontend"), autocommit=True) as connection:
        return {name: await timed(each) for name, each in questions(asking(connection), now).items()}


def texts(dice: random.Random) -> list[str]:
    """Return chat: recorded, if CHAT_DATA names its folder, else made."""
    if folder := os.environ.get("CHAT_DATA"):
        files = sorted(Path(folder).glob("bocru-*.jsonl.gz"))
        lines = [json.loads(line)["text"] for file in files for line in gzip.decompress(file.read_bytes()).splitlines()]
        return [lines[number % len(lines)] for number in range(MESSAGES)]
    words = [
        "lol",
        "what",
        "no",
        "way",
        "that",
        "was",
        "insane",
        "nice",
        "clip",
        "it",
        "omg",
        "haha",
        "why",
        "is",
        "he",
        "like",
        "this",
        "go",
        "again",
    ]
    ranks = iter(dice.choices(range(EMOTES), cum_weights=WEIGHTS, k=MESSAGES))
    made = []
    for rank in ranks:
        line = dice.choices(words, k=dice.randint(1, 8)) + [f"emote{rank}"] * dice.choice((0, 0, 0, 1, 1))
        made.append(" ".join(line))
    return made


def records(dice: random.Random, lines: list[str]) -> list[bytes]:
    """Return the records of a partition: 200 channels together, a tick a second."""
    found, start = [], 1_790_000_040_000
    for number, text in enumerate(lines):
        sent_at = start + number * 1000 // RATE
        message = chat_messages.Message(
            schema_version=1, channel_id=channel_id(dice.randrange(WHOLE_CHANNELS)), sent_at=sent_at,
            received_at=sent_at, instance="bench", message_id=f"{dice.getrandbits(128):032x}",
            chatter=f"{dice.randrange(40_000):016x}", text=text, emotes=[],
        )  # fmt: skip
        found.append(codec.encode(message))
        if number % RATE == RATE - 1:
            tick = chat_messages.Tick(
                schema_version=1, sent_at=sent_at - 1, received_at=sent_at, instance="bench", spool_id="",
                spool_position=0,
            )  # fmt: skip
            found.append(codec.encode(tick))
    return found


def counting() -> dict[str, float]:
    """Measure the CPU of decoding, finding and counting."""
    dice = random.Random(1)
    lines = texts(dice)
    tokens = Counter(
        token for text in lines[:50_000] for token in text.split() if token != token.lower() or "emote" in token
    )
    names = {token: ("7tv", f"01GB4CWAD0000{place:013}") for place, (token, _) in enumerate(tokens.most_common(3000))}
    known = SimpleNamespace(emotes=names)
    payloads = records(dice, lines)
    counter = PartitionCounter(Tally(beginning()), SimpleNamespace(lookup_at=lambda channel, at: known))
    begun = time.process_time()
    minutes = 0
    for offset, payload in enumerate(payloads):
        minutes += len(counter.count(payload, offset))
    seconds = time.process_time() - begun
    return {
        "messages": counter.read,
        "messages_with_emotes": counter.tally.counted.messages,
        "minutes": minutes,
        "cpu_us_a_message": round(seconds * 1e6 / counter.read, 2),
        "messages_a_cpu_second": round(counter.read / seconds),
    }


def stored(templates: list[Template], now: datetime) -> dict[str, object]:
    """Fill a database; return how large it is and how long its questions take."""
    postgres.SETTINGS |= MACHINE_A
    with tempfile.TemporaryDirectory() as name, own_postgres(Path(name)) as server:
        Path(name).chmod(0o755)
        began = time.perf_counter()
        fill(server.dsn, templates, CHANNELS, DAYS, now)
        filled_in = time.perf_counter() - began
        size = sizes(server.dsn, now)
        return {
            "filled_in_seconds": round(filled_in),
            "size": {name: round(found) for name, found in size.items()},
            "size_gb": whole_size(size),
            "times_ms": asyncio.run(time_questions(server.dsn, now)),
        }


def a_while_after_midnight() -> datetime:
    """Return now, or noon if today is too young to have minutes."""
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    return now if now - now.replace(hour=0, minute=0) >= timedelta(hours=1) else now.replace(hour=12)


def main() -> int:
    """Count, fill, measure, write the result; return 1 if a floor is missed."""
    counted = counting()
    begun = time.process_time()
    templates = [template(number) for number in range(TEMPLATES)]
    made_seconds = (time.process_time() - begun) / TEMPLATES
    found: Any = stored(templates, a_while_after_midnight())
    figures = {f"{name}_p95_ms": times["p95"] for name, times in found["times_ms"].items()}
    table = judge(figures | {"size_gb": found["size_gb"], "cpu_us_a_message": counted["cpu_us_a_message"]}, BOUNDS)
    result = {
        "channels": CHANNELS,
        "days": DAYS,
        **found,
        "counting": counted,
        "emotes_a_channel_day": len(templates[0].days),
        "cpu_seconds_to_make_and_roll_up_a_channel_day": round(made_seconds, 2),
        "bounds": table,
    }
    if (CHANNELS, DAYS) == (WHOLE_CHANNELS, WHOLE_DAYS):
        write_result("emotes", result)
    else:
        sys.stdout.write(json.dumps(result, indent=2) + "\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
