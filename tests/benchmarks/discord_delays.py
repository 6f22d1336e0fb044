"""Measures the way from Helix, moments and clips to Discord, with 1,000 streamers in 500 servers: `discord_delays.py`.

Servers' settings and streams' titles are as different as people make them; meanwhile titles change and streams end.
SLOW_SYNC (see `_syncs.py`): once more with a disk whose syncs take 5 ms longer, and syncs are counted. DISCORD_PAUSES
(0,5) says which; DISCORD_SECONDS (180) how long streams start.
"""

import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks._bounds import Bound, judge, missed
from benchmarks._discord_moments import happen
from benchmarks._discord_settings import GAMES, TITLES, choose_follows, choose_settings
from benchmarks._discord_world import SOURCE, DiscordWorld, Row, Size, Taken, discord_world, spread
from benchmarks._result import write_result

from embedded.processes.waiting import wait_for

SERVERS, CHANNELS, LIVE = 500, 1000, 300
PAUSES = [int(each) for each in os.environ.get("DISCORD_PAUSES", "0,5").split(",")]
SECONDS = float(os.environ.get("DISCORD_SECONDS", "180"))  # in which streams start
STEADY_SECONDS = 60.0
STARTS_PER_MINUTE, CHANGES_PER_MINUTE, ENDS_PER_MINUTE = 60, 20, 10
LATE_SECONDS = 60.0  # after which a message is missing
DEADLINE = 300.0
BOUNDS = (
    Bound("Helix to message p95, s", 45, 25),
    Bound("Helix to message p95, 5 ms more a sync, s", 45, 25),
    Bound("moment to message p95, s", 3, 1.5),
    Bound("moment to message p95, 5 ms more a sync, s", 3, 1.5),
    Bound("clip to edited message p95, s", 3, 1.5),
    Bound("clip to edited message p95, 5 ms more a sync, s", 3, 1.5),
    Bound("doubled or lost", 0, 0),
)


@dataclass
class Streams:
    """What is live, and what began when: login, channel, stream and game by number."""

    world: DiscordWorld
    dice: random.Random
    offline: list[Row]
    live: list[Row]
    began: list[Row] = field(default_factory=list)

    def begin(self) -> None:
        """Take a channel live."""
        channel, game = self.offline.pop(), self.dice.choice(GAMES)
        told = self.world.twitch.order(
            "stream", login=channel["login"], live=True, title=self.dice.choice(TITLES), game_name=game
        )
        self.began.append(channel | {"stream_id": told["stream_id"], "game": game, "at": time.time()})

    def change(self) -> None:
        """Give a stream another title."""
        self.world.twitch.order("stream", login=self.dice.choice(self.live)["login"], title=self.dice.choice(TITLES))

    def end(self) -> None:
        """End a stream that was live all the time."""
        channel = self.live.pop(self.dice.randrange(len(self.live)))
        self.world.twitch.order("stream", login=channel["login"], live=False)


def play(streams: Streams, seconds: float) -> None:
    """Let streams begin, change and end at random times."""
    plays: dict[Callable[[], None], float] = {
        streams.begin: STARTS_PER_MINUTE,
        streams.change: CHANGES_PER_MINUTE,
        streams.end: ENDS_PER_MINUTE,
    }
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(streams.dice.expovariate(sum(plays.values()) / 60))
        streams.dice.choices(list(plays), list(plays.values()))[0]()


def delays(world: DiscordWorld, streams: Streams, followed: dict[str, dict[int, list[str]]]) -> Row:
    """Compare what was sent with what should have been."""
    intended = {(row[0], row[1]): float(row[2]) for row in world.rows(INTENDED)}
    sent: defaultdict[tuple[int, str], list[float]] = defaultdict(list)
    logins = {each["login"]: each["stream_id"] for each in streams.began}
    for row in world.discord.rows("messages"):
        login = login_in(row)
        if row["action"] == "create" and login in logins:
            sent[int(row["guild_id"]), logins[login]].append(row["at"] / 1000)
    expected = {
        (guild_id, each["stream_id"]): each["at"]
        for each in streams.began
        for guild_id, games in followed[each["channel_id"]].items()
        if not games or each["game"] in games
    }
    told = {key: sent[key][0] for key in expected if sent.get(key)}
    return {
        "streams": len(streams.began),
        "messages": sum(map(len, sent.values())),
        "helix_to_message_s": spread([at - expected[key] for key, at in told.items()]),
        "helix_to_intent_s": spread([intended[key] - expected[key] for key in told]),
        "intent_to_message_s": spread([at - intended[key] for key, at in told.items()]),
        "doubled": sum(len(each) > 1 for each in sent.values()),
        "lost": len(expected) - len(told),
        "not_wanted": len(set(sent) - set(expected)),
    }


INTENDED = "SELECT guild_id, subject, extract(epoch FROM intended_at) FROM discord_messages WHERE kind = 'live'"


def login_in(row: Row) -> str:
    """Return whose stream a message is about; empty if it is about none."""
    url = (row["embeds"] or [{}])[0].get("url") or ""
    path, is_twitch = url.partition("?")[0], url.startswith("https://www.twitch.tv/")
    return path.rsplit("/", 1)[-1] if is_twitch else ""


def measured(pause_ms: int | None) -> Row:
    """Measure at one speed of the disk."""
    dice = random.Random(1)
    with discord_world(Size(SERVERS, CHANNELS), pause_ms) as world:
        dice.shuffle(world.channels)
        choose_settings(world, dice)
        followed = choose_follows(world, dice)
        offline = world.offline(LIVE)
        streams = Streams(world, dice, list(offline), world.channels[:LIVE])
        with world.bot() as bot:
            wait_for("those who are live are told of", lambda: all_told(world), DEADLINE, 1.0)
            time.sleep(10.0)
            row: Row = {"follows": sum(map(len, followed.values())), "steady": steady(world, bot)}
            taken = Taken(world, bot)
            play(streams, SECONDS)
            time.sleep(LATE_SECONDS)
            row["with_streams_that_start"] = taken.end()
            row["notices"] = delays(world, streams, followed)
            taken = Taken(world, bot)
            row["moments"] = happen(world, followed, dice)
            row["with_moments"] = taken.end()
            row["edits"] = world.metric("discord_bot_edits_total")
        row["refused_by_discord"] = dict(Counter(each["status"] for each in world.discord.rows("refusals")))
    return row


def all_told(world: DiscordWorld, live: int = LIVE) -> bool:
    """Return whether all who were live at first are known, and nothing is left to be sent."""
    known = world.rows("SELECT count(*) FROM discord_streams")[0][0]
    counts = dict(world.rows("SELECT state, count(*) FROM discord_messages GROUP BY state"))
    return known >= live and bool(counts.get("sent")) and not counts.get("intent")


def steady(world: DiscordWorld, bot: int) -> Any:
    """Count what is taken while streams only go on."""
    taken = Taken(world, bot)
    time.sleep(STEADY_SECONDS)  # the load
    return taken.end()


def summary(rows: dict[int, Row]) -> dict[str, float]:
    """Return the figures that have bounds."""
    found: dict[str, float] = {"doubled or lost": 0}
    for pause_ms, row in rows.items():
        more = f", {pause_ms} ms more a sync, s" if pause_ms else ", s"
        found[f"Helix to message p95{more}"] = row["notices"]["helix_to_message_s"]["p95"]
        found[f"moment to message p95{more}"] = row["moments"]["moment_to_message_s"]["p95"]
        found[f"clip to edited message p95{more}"] = row["moments"]["clip_to_edit_s"]["p95"]
        parts = (row["notices"], row["moments"])
        found["doubled or lost"] += sum(part[name] for part in parts for name in ("doubled", "lost", "not_wanted"))
    return found


def main() -> int:
    """Run the bench; return 1 if a floor is missed."""
    rows = {pause_ms: measured(pause_ms if SOURCE else None) for pause_ms in (PAUSES if SOURCE else [0])}
    table = judge(summary(rows), BOUNDS)
    load = {"servers": SERVERS, "streamers": CHANNELS, "live_at_first": LIVE, "starts_per_minute": STARTS_PER_MINUTE}
    named = {f"{pause_ms} ms more a sync": row for pause_ms, row in rows.items()}
    write_result("discord_notices", {**load, "table": table, "rows": named})
    for line in missed(table):
        sys.stderr.write(f"missed: {line}\n")
    return 1 if missed(table) else 0


if __name__ == "__main__":
    raise SystemExit(main())
