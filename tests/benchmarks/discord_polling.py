"""Measures polling with 10,000 followed streamers: `python discord_polling.py`.

Requests a minute, the time of a round, and the delay from Helix to the message in its two parts: the wait for the poll,
and the way from there, which a push would have too. At the bot's usual points, and at 400 a minute, with which a round
takes 20 s. DISCORD_SECONDS (200) says how long each is measured. With SLOW_SYNC (see `_syncs.py`) syncs are counted,
with a disk whose syncs take 5 ms longer.
"""

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._discord_settings import choose_follows, choose_settings
from benchmarks._discord_world import DiscordWorld, Row, Size, Taken, discord_world
from benchmarks._result import write_result
from benchmarks.discord_delays import Streams, all_told, delays
from benchmarks.discord_servers import memory

from embedded.processes.waiting import wait_for

SERVERS, CHANNELS, LIVE = 1000, 10_000, 1500
SECONDS = float(os.environ.get("DISCORD_SECONDS", "200"))
LATE_SECONDS = 60.0
START_EVERY_SECONDS = 0.5
DEADLINE = 600.0
PAUSE_MS = 5
SHARES: dict[str, dict[str, str]] = {  # of Twitch's 800 points a minute
    "the usual points": {},
    "400 points": {
        "TWITCH_BOT_POINTS": "400",
        "TWITCH_MONITORING_POINTS": "130",
        "TWITCH_CLIPS_POINTS": "50",
        "TWITCH_VIEWER_CLIPS_POINTS": "50",
    },
}
BOUNDS = (
    Bound("Helix requests a minute", 200, 150),
    Bound("round, s", 60, 40),
    Bound("doubled or lost", 0, 0),
)


def polled(world: DiscordWorld, streams: Streams, followed: dict[str, dict[int, list[str]]], bot: int) -> Row:
    """Let streams begin, each once, evenly over some rounds."""
    requests, began, taken = helix_requests(world), time.monotonic(), Taken(world, bot)
    rounds: list[float] = []
    while (now := time.monotonic()) < began + SECONDS:
        streams.begin()
        round_seconds = world.metric("discord_bot_poll_round_seconds")
        rounds += [round_seconds] if round_seconds not in rounds else []
        time.sleep(max(0.0, START_EVERY_SECONDS * streams.dice.uniform(0.5, 1.5) - (time.monotonic() - now)))
    minutes = (time.monotonic() - began) / 60
    row: Row = {
        "helix_requests_a_minute": round((helix_requests(world) - requests) / minutes, 1),
        "rounds_s": [round(each, 1) for each in rounds[1:]],  # the first was before
        "meanwhile": taken.end(),
        "memory": memory(bot),
    }
    time.sleep(LATE_SECONDS)
    found = delays(world, streams, followed)
    wait, rest = found["helix_to_intent_s"], found["intent_to_message_s"]
    return row | found | {"share_of_the_wait": round(wait["p50"] / (wait["p50"] + rest["p50"]), 3)}


def helix_requests(world: DiscordWorld) -> int:
    """Return how many requests Twitch got."""
    return int(world.twitch.state()["counters"]["helix_requests"])


def measured(points: dict[str, str]) -> Row:
    """Measure with one share of the points."""
    dice = random.Random(1)
    with discord_world(Size(SERVERS, CHANNELS), PAUSE_MS) as world:
        dice.shuffle(world.channels)
        choose_settings(world, dice)
        followed = choose_follows(world, dice)
        offline = world.offline(LIVE)
        streams = Streams(world, dice, list(offline), world.channels[:LIVE])
        with world.bot(**points) as bot:
            wait_for("those who are live are told of", lambda: is_told(world), DEADLINE, 2.0)
            return polled(world, streams, followed, bot)


def is_told(world: DiscordWorld) -> bool:
    """Return whether all who were live at first are told of."""
    return all_told(world, LIVE)


def main() -> int:
    """Run the bench; return 1 if a floor is missed."""
    rows: dict[str, Any] = {name: measured(points) for name, points in SHARES.items()}
    usual = rows["the usual points"]
    figures = {
        "Helix requests a minute": round(usual["helix_requests_a_minute"]),
        "round, s": round(max(usual["rounds_s"])),
        "doubled or lost": sum(row[name] for row in rows.values() for name in ("doubled", "lost", "not_wanted")),
    }
    table = judge(figures, BOUNDS)
    load = {"servers": SERVERS, "streamers": CHANNELS, "live_at_first": LIVE}
    write_result("discord_polling", {**load, "table": table, "rows": rows})
    for line in missed(table):
        sys.stderr.write(f"missed: {line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
