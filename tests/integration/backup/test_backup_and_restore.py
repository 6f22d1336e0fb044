"""backup.sh and restore.sh on a real Postgres with the real restic: what is lost comes back, and nothing doubles."""

import time

from integration.backup.conftest import MOMENTS, fill
from integration.support.backup_world import World

STATE = """
SELECT (SELECT sum(hashtextextended(m::text, 0)::numeric) FROM moments AS m),
    (SELECT sum(hashtextextended(c::text, 0)::numeric) FROM clips AS c),
    (SELECT count(*) FROM moments), (SELECT count(*) FROM clips)
"""


def give_voice(world: World, moment: str, visitor: int, says: str = "good") -> None:
    world.query("SELECT * FROM give_voice(%s, %s, %s, true, true, 10)", moment, bytes([visitor] * 16), says)


def test_a_lost_machine_comes_back_as_it_was(world: World, channel: str) -> None:
    before = world.query(STATE)
    assert before[0][2:] == (MOMENTS, MOMENTS)
    said = world.good()
    assert "the backup of" in said
    assert world.noted("full") == (True, "")
    world.lose()
    shown = world.restored()
    assert "the site is back" in shown
    assert world.query(STATE) == before
    assert world.query("SELECT count(*) FROM restores") == [(1,)]
    # The services have their rights, and the database of before stands beside it.
    may = "SELECT has_table_privilege(%s, 'moments', 'INSERT')"
    assert [world.query(may, role) for role in ("recorder", "watcher")] == [[(True,)], [(False,)]]
    assert world.query("SELECT count(*) FROM pg_database WHERE datname = 'stream_scout_replaced'") == [(1,)]


def test_what_people_typed_is_five_minutes_old_at_most(world: World, channel: str) -> None:
    (moment,) = world.query("SELECT moment_id FROM moments ORDER BY moment_id LIMIT 1")[0]
    give_voice(world, moment, 1, "not_really")
    world.good()
    for visitor in (2, 3, 4):
        give_voice(world, moment, visitor)
    world.query("DELETE FROM voices WHERE visitor = %s", bytes([1] * 16))
    world.query("SELECT count_voices(%s)", moment)
    world.query("SELECT opt_out_channel('77', 'gone')")
    world.query("INSERT INTO hidden_moments VALUES (%s)", moment)
    world.query("INSERT INTO discord_guilds (guild_id, name) VALUES (5, 'five')")
    world.query(
        "INSERT INTO discord_messages (guild_id, kind, subject, text_channel_id, nonce, state, settled_at)"
        " VALUES (5, 'live', 's1', 6, 'n1', 'sent', now()), (5, 'live', 's2', 6, 'n2', 'intent', NULL)"
    )
    later = fill(world, 3)  # recorded after the nightly backup: Kafka has them, and clips are a ledger
    wanted = world.query("SELECT visitor, verdict FROM voices ORDER BY visitor")
    grade = world.query("SELECT verdict_steps FROM moments WHERE moment_id = %s", moment)
    world.good("typed")
    world.lose()
    shown = world.restored()
    assert "what people typed is as it was at" in shown
    assert world.query("SELECT visitor, verdict FROM voices ORDER BY visitor") == wanted
    assert world.query("SELECT verdict_steps FROM moments WHERE moment_id = %s", moment) == grade
    assert grade != [(0,)]
    assert world.query("SELECT channel_id FROM opted_out") == [("77",)]
    assert world.query("SELECT moment_id FROM hidden_moments") == [(moment,)]
    assert world.query("SELECT subject, state FROM discord_messages ORDER BY 1") == [("s1", "sent"), ("s2", "unknown")]
    assert world.query("SELECT count(*) FROM clips WHERE channel_id = %s", later) == [(3,)]
    assert world.query("SELECT count(*) FROM moments WHERE channel_id = %s", later) == [(0,)]


def test_voices_count_once_their_moment_is_read_again(world: World, channel: str) -> None:
    world.good()
    later = fill(world, 1)
    (moment,) = world.query("SELECT moment_id FROM moments WHERE channel_id = %s", later)[0]
    for visitor in (2, 3, 4):
        give_voice(world, moment, visitor)
    wanted = world.query("SELECT verdict_steps, grade FROM moments WHERE moment_id = %s", moment)
    row = world.query("SELECT m::text FROM moments AS m WHERE moment_id = %s", moment)
    world.good("typed")
    world.lose()
    world.restored()
    world.query("INSERT INTO moments SELECT (%s::moments).*", row[0][0].replace(",3,", ",3,"))
    world.query("UPDATE moments SET verdict_steps = 0 WHERE false")
    assert wanted[0][0] > 0
    assert world.query("SELECT verdict_steps, grade FROM moments WHERE moment_id = %s", moment) == wanted


def test_nothing_is_stored_twice_while_nobody_types(world: World, channel: str) -> None:
    world.good()
    stored = world.good("list").count("typed")
    world.good("typed")
    assert world.good("list").count("typed") == stored
    world.query("INSERT INTO reports (moment_id, reason) VALUES ('m', 'words')")
    world.good("typed")
    assert world.good("list").count("typed") == stored + 1


def test_an_earlier_time_can_be_chosen(world: World, channel: str) -> None:
    world.good()
    first = world.query(STATE)
    at = world.good("list").split(" UTC")[0]
    time.sleep(1.1)
    fill(world, 5)
    world.good()
    second = world.query(STATE)
    assert world.query(STATE) != first
    world.restored(at)
    assert world.query(STATE) == first
    world.restored()
    assert world.query(STATE) == second


def test_the_trial_of_a_restore_tells(world: World, channel: str) -> None:
    world.good()
    assert "every count is right" in world.good("check")
    assert world.noted("check") == (True, "")
    assert world.query("SELECT count(*) FROM pg_database WHERE datname = 'restore_check'") == [(0,)]


def test_secrets_and_settings_come_back_and_what_is_there_stays(world: World, channel: str) -> None:
    (world.secrets / "twitch" / "tokens.json").write_text("{}")
    world.good()
    (world.folder / "env").unlink()
    (world.secrets / "chatter_key").unlink()
    (world.secrets / "webhook_url").write_text("https://example.org/new")
    world.restored()
    assert "MACHINE_B=100.64.0.2" in (world.folder / "env").read_text()
    assert (world.secrets / "chatter_key").read_text() == "c" * 64
    assert (world.secrets / "webhook_url").read_text() == "https://example.org/new"
