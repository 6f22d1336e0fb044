"""A use of an emote reaches the open minute of a channel that somebody looks at; test_recount compares all of them."""

import time

import psycopg
from end_to_end.world import World

from embedded.processes.waiting import wait_for

LATEST_SECONDS = 8.0  # a bench measures it; the machine may be busy
USES = "SELECT coalesce(sum(uses), 0)::int FROM emote_minutes WHERE channel_id = %s"


def test_a_use_reaches_the_open_minute_of_a_channel_that_is_looked_at(world: World) -> None:
    login = world.unused[0]
    channel_id = world.channel_ids[login]
    known = "SELECT 1 FROM emote_versions WHERE name = 'SoSnowy' AND came_at <= now()"
    wait_for("everybody's emotes are known", lambda: world.query(known), 60, 0.5)
    with psycopg.connect(world.system.dsn(), autocommit=True) as connection:
        connection.execute("INSERT INTO emote_interest VALUES (%s, now() + interval '10 minutes')", (channel_id,))
    began, before = time.monotonic(), uses(world, channel_id)
    world.control("messages", login=login, lines=[{"user": "ann", "text": "SoSnowy SoSnowy FeelsBirthdayMan"}] * 30)
    wait_for("the uses are in the open minute", lambda: uses(world, channel_id) >= before + 90, LATEST_SECONDS, 0.1)
    assert time.monotonic() - began < LATEST_SECONDS
    dead = world.system.kill("emote_counter")
    world.system.wait_restarted("emote_counter", dead)


def uses(world: World, channel_id: str) -> int:
    """Return the uses in all of the channel's minutes, open and closed."""
    return int(world.query(USES, channel_id)[0][0])
