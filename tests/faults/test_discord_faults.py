"""The Discord bot as a process through every fault, with hundreds of notices each; then everything is recounted."""

import random
import time
from collections.abc import Iterator

import pytest
from faults import discord_table, table
from faults.discord_plays import PLAYS, Stage, a_week_off
from integration.support import database
from integration.support.discord_town import bot_of, town

from embedded.processes.ports import free_ports
from embedded.servers.postgres import Postgres

GUILDS, CHANNELS = 40, 60
ALWAYS_LIVE = 8  # channels that go on, since Twitch is not believed when it lists hardly any stream
STREAMS = 15  # of a play, each told to half of the servers
TOLD_SECONDS = 60.0
QUICK = {"DISCORD_LEASE_SECONDS": "3", "DISCORD_ANSWER_SECONDS": "5"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A town of 40 servers with a Postgres of its own, and two bots, of which one runs."""
    folder, rng = tmp_path_factory.mktemp("discord"), random.Random(17)
    with Postgres(folder / "postgres", free_ports(1)[0]) as postgres:
        database.prepare(postgres.dsn)
        with town(folder, postgres.dsn, guilds=GUILDS, channels=CHANNELS) as place:
            bots = [bot_of(place, folder, name, **QUICK) for name in ("one", "two")]
            with bots[0] as bot:
                bot.until_serving()
                always, followed = place.channels[:ALWAYS_LIVE], place.channels[ALWAYS_LIVE:]
                place.follow(place.guilds[:1], always)
                for guild in place.guilds:
                    place.follow([guild], rng.sample(followed, len(followed) // 2))
                place.execute("UPDATE discord_guilds SET at_end = 'leave' WHERE guild_id %% 4 <> 0")
                for each in always:
                    place.live(each)
                yield Stage(place, postgres, bots, followed, rng)


@pytest.mark.fault
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", PLAYS)
def test_no_notice_is_lost_or_doubled(stage: Stage, name: str) -> None:
    if not table.is_chosen(f"Discord bot: {name}"):
        pytest.skip("not selected by FAULTS; run: make test-faults")
    stage.streams, stage.over = [], []
    with stage.streams_begin(STREAMS):
        PLAYS[name](stage)
    over_at = time.monotonic()
    expected = stage.town.expected(stage.streams)
    found = stage.town.until_told(expected, TOLD_SECONDS)
    line = discord_table.Line(
        fault=name,
        notices=found.notices,
        lost=found.lost,
        doubled=found.doubled,
        unknown=found.unknown,
        told_after_seconds=round(time.monotonic() - over_at, 1),
    )
    discord_table.add(line)
    for channel in stage.followed:
        stage.town.offline(channel)
    assert (found.lost, found.doubled, found.unknown) == (0, 0, 0), line
    assert found.notices > 200
    over = stage.town.recount(stage.town.expected(stage.over))
    assert over.lost == over.notices  # nobody is told of them
    assert bool(stage.over) == (PLAYS[name] is a_week_off)
    pinged = [row for row in stage.town.messages() if row["pinged_everyone"]]
    assert not pinged  # every title says @everyone
