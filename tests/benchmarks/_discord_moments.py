"""Moments and clips that come into Postgres as the recorder writes them, and when Discord shows them."""

import json
import random
import time
from collections import defaultdict
from typing import Any

import psycopg
from benchmarks._discord_world import DiscordWorld, Row, spread
from integration.support.database import as_role
from integration.support.recorder_writer import example
from msgspec.structs import asdict, replace

from contracts import codec
from recorder.database import load_queries

MOMENTS = 50
EVERY_SECONDS = 2.0
CLIP_AFTER = 8  # moments: sixteen seconds
LATE_SECONDS = 15.0
WANTING = "SELECT guild_id, moments_early FROM discord_guilds WHERE moments_on"


class Recorder:
    """Writes as the recorder does; returns when each was committed."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(as_role(dsn, "recorder"), autocommit=True)
        self._queries: Any = load_queries()

    def moment(self, moment_id: str, channel_id: str) -> float:
        """Raise a moment."""
        fields = {"moment_id": moment_id, "channel_id": channel_id, "crossed_at": round(time.time() * 1000)}
        document = replace(example("moments", "raised"), **fields, biggest_in_seconds=7200, no_clip_reason=None)
        self._queries.write_moments(self._connection, rows=f"[{codec.encode(document).decode()}]")
        return time.time()

    def clip(self, moment_id: str, channel_id: str) -> float:
        """Make its clip."""
        fields = {"moment_id": moment_id, "channel_id": channel_id, "url": address(moment_id)}
        clip = replace(example("clips", "made"), **fields, crossed_at=round(time.time() * 1000), status="made")
        self._queries.write_clips(self._connection, rows=json.dumps([asdict(clip)]))
        return time.time()


def address(moment_id: str) -> str:
    """Return the address of a moment's clip."""
    return f"https://clips.twitch.tv/Bench{moment_id}"


def happen(world: DiscordWorld, followed: dict[str, dict[int, list[str]]], dice: random.Random) -> Row:
    """Let moments be raised, each with a clip sixteen seconds later; return how late Discord shows both."""
    wanting = dict(world.rows(WANTING))
    servers = {name: [each for each in found if each in wanting] for name, found in followed.items()}
    channels = dice.choices(list(servers), [len(each) for each in servers.values()], k=MOMENTS)
    recorder, raised, clipped = Recorder(world.dsn), {}, {}
    for number in range(MOMENTS + CLIP_AFTER):
        if number < MOMENTS:
            raised[number] = recorder.moment(f"m{number}", channels[number])
        if number >= CLIP_AFTER:
            clipped[number - CLIP_AFTER] = recorder.clip(f"m{number - CLIP_AFTER}", channels[number - CLIP_AFTER])
        time.sleep(EVERY_SECONDS * dice.uniform(0.5, 1.5))
    time.sleep(LATE_SECONDS)
    expected = {(number, each): wanting[each] for number in raised for each in servers[channels[number]]}
    return shown(world, raised, clipped, expected)


def shown(
    world: DiscordWorld, raised: dict[int, float], clipped: dict[int, float], expected: dict[tuple[int, int], bool]
) -> Row:
    """Compare what Discord shows with what is expected: by moment and server, whether it is posted before its clip."""
    nonces = {row[2]: (int(row[1][1:]), row[0]) for row in world.rows(POSTED)}
    made: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    linked: dict[tuple[int, int], float] = {}
    for row in world.discord.rows("messages"):
        if (key := nonces.get(row["nonce"])) is None:
            continue
        if row["action"] == "create":
            made[key].append(row["at"] / 1000)
        if address(f"m{key[0]}") in row["content"]:
            linked.setdefault(key, row["at"] / 1000)
    early = [key for key, is_early in expected.items() if is_early and key in made]
    late = [key for key, is_early in expected.items() if not is_early and key in made]
    return {
        "moments": len(raised),
        "messages": len(made),
        "moment_to_message_s": spread([made[key][0] - raised[key[0]] for key in early]),
        "clip_to_edit_s": spread([linked[key] - clipped[key[0]] for key in early if key in linked]),
        "clip_to_message_s": spread([linked[key] - clipped[key[0]] for key in late if key in linked]),
        "doubled": sum(len(each) > 1 for each in made.values()),
        "lost": sum(key not in linked for key in expected),
        "not_wanted": len(set(made) - set(expected)),
    }


POSTED = "SELECT guild_id, subject, nonce FROM discord_messages WHERE kind = 'moment'"
