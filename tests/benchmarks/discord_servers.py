"""Measures the bot in 2,000 servers as big as people's: `python discord_servers.py`.

Its memory once the gateway has told it of all of them, and the time to tell all of one stream. DISCORD_SERVERS (2000)
makes it smaller; nothing is written then. With SLOW_SYNC (see `_syncs.py`) all are told once more with a disk whose
syncs take 5 ms longer.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._discord_world import SOURCE, DiscordWorld, Row, Size, Taken, discord_world
from benchmarks._result import write_result
from benchmarks._usage import pss_mb

from embedded.processes.waiting import wait_for

WHOLE = 2000
SERVERS = int(os.environ.get("DISCORD_SERVERS", str(WHOLE)))
PAUSE_MS = 5
SETTLE_SECONDS = 20.0
DEADLINE = float(os.environ.get("DEADL", "240"))
MB = 1 << 20
BOUNDS = (
    Bound("memory at 2,000 servers, MB", 128, 90),
    Bound("memory after all were told, MB", 128, 90),
    Bound("2,000 servers told, s", 60, 45),
    Bound("2,000 servers told, 5 ms more a sync, s", 60, 45),
    Bound("doubled or lost", 0, 0),
)


def memory(pid: int) -> dict[str, float]:
    """Return what a process takes: of files too, as a container's limit counts it (RSS), its share, its most so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = (line.partition(":") for line in lines)
    found = {name: int(value.split()[0]) / 1024 for name, _, value in values if value.endswith(" kB")}
    return {
        "rss_mb": round(found["VmRSS"], 1),
        "most_rss_mb": round(found["VmHWM"], 1),
        "anonymous_mb": round(found["RssAnon"], 1),
        "pss_mb": pss_mb([pid]),
    }


def follow_one(world: DiscordWorld) -> str:
    """Let all servers follow one channel that is offline; return its login."""
    (channel,) = world.offline(0)
    world.write(
        "INSERT INTO discord_guilds (guild_id, name, text_channel_id) VALUES (%s, %s, %s)",
        [(int(each["guild_id"]), each["name"], int(each["channels"]["live"])) for each in world.guilds],
    )
    world.follow([(int(each["guild_id"]), channel["channel_id"], []) for each in world.guilds])
    return str(channel["login"])


def tell_all(world: DiscordWorld, bot: int, login: str) -> Row:
    """Take the channel live; measure until all servers are told."""
    taken, shown_at = Taken(world, bot), time.time()
    world.twitch.order("stream", login=login, live=True, title="2,000 servers, one stream")
    wait_for("all are told", lambda: told(world) >= len(world.guilds) and world.is_quiet(), DEADLINE, 0.5)
    used = taken.end()
    rows = [each for each in world.discord.rows("messages") if each["action"] == "create"]
    times = sorted(each["at"] / 1000 for each in rows)
    (intended_at,) = world.rows("SELECT extract(epoch FROM min(intended_at)) FROM discord_messages")[0]
    counts = Counter(each["guild_id"] for each in rows)
    return {
        "seconds_from_the_poll_to_the_last": round(times[-1] - float(intended_at), 1),
        "seconds_from_helix_to_the_last": round(times[-1] - shown_at, 1),
        "messages": len(rows),
        "doubled": sum(number > 1 for number in counts.values()),
        "lost": len(world.guilds) - len(counts),
        "most_in_a_second": most_in_a_second(times),
        "refused_by_discord": dict(Counter(each["status"] for each in world.discord.rows("refusals"))),
        "meanwhile": used,
    }


def told(world: DiscordWorld) -> int:
    """Return how many servers have been told."""
    return int(world.rows("SELECT count(*) FROM discord_messages WHERE state = 'sent'")[0][0])


def most_in_a_second(times: list[float]) -> int:
    """Return the most messages within any second."""
    most, first = 0, 0
    for number, at in enumerate(times):
        while at - times[first] >= 1.0:
            first += 1
        most = max(most, number - first + 1)
    return most


def measured(pause_ms: int | None) -> Row:
    """Measure at one speed of the disk."""
    with discord_world(Size(SERVERS, 1, is_crowded=True), pause_ms) as world:
        login = follow_one(world)
        began = time.monotonic()
        with world.bot() as pid:
            row: Row = {"seconds_until_all_servers_are_known": round(time.monotonic() - began, 1)}
            time.sleep(SETTLE_SECONDS)
            row["memory"] = memory(pid)
            row |= tell_all(world, pid, login)
            row["memory_afterwards"] = memory(pid)
    return row


def main() -> int:
    """Measure, write the result; return 1 if a floor is missed."""
    quick = measured(0 if SOURCE else None)
    rows = {"0 ms more a sync": quick}
    figures = {
        "memory at 2,000 servers, MB": quick["memory"]["rss_mb"],
        "memory after all were told, MB": quick["memory_afterwards"]["rss_mb"],
        "2,000 servers told, s": quick["seconds_from_the_poll_to_the_last"],
    }
    if SOURCE:
        rows[f"{PAUSE_MS} ms more a sync"] = slow = measured(PAUSE_MS)
        figures["2,000 servers told, 5 ms more a sync, s"] = slow["seconds_from_the_poll_to_the_last"]
    figures["doubled or lost"] = sum(row["doubled"] + row["lost"] for row in rows.values())
    table = judge(figures, BOUNDS)
    result = {"servers": SERVERS, "table": table, "rows": rows}
    if SERVERS == WHOLE:
        write_result("discord_servers", result)
    else:
        sys.stdout.write(f"{result}\n")
    for line in missed(table):
        sys.stderr.write(f"missed: {line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
