"""The bot as a process: discord.py, Postgres and both simulators, with nothing in between."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from integration.support.discord_bot_process import BotProcess
from integration.support.discord_moments import Recorder
from integration.support.discord_town import LIVE, Town, bot_of, town

from embedded.processes.waiting import wait_for

SECONDS = 30.0
SEND = "POST /channels/*/messages"
HOSTILE = "@everyone @here <@&1> <@1> [x](https://evil.example) # big **bold** discord.gg/x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bot")


@pytest.fixture(scope="module")
def place(folder: Path, postgres_of_module: str) -> Iterator[Town]:
    """Servers that follow nobody yet; each test takes servers and channels of its own."""
    quick = {"DISCORD_ANSWER_SECONDS": "3", "DISCORD_LEASE_SECONDS": "3"}
    with (
        town(folder, postgres_of_module, guilds=24, channels=40) as found,
        bot_of(found, folder, **quick) as bot,
    ):
        found.bot = bot.until_serving()
        found.follow(found.guilds[:1], found.channels[30:])  # who goes on, since Twitch is not believed otherwise
        for each in found.channels[30:]:
            found.live(each)
        yield found


@pytest.fixture
def bot(place: Town) -> BotProcess:
    assert place.bot is not None
    return place.bot


def shown(place: Town, guild: dict[str, Any], channel: str = LIVE) -> list[dict[str, Any]]:
    """Return what stands in a text channel."""
    return place.discord.messages(guild["channels"][channel])


def told(place: Town, guild: dict[str, Any], stream_id: str) -> dict[str, Any]:
    """Wait until a server is told of a stream, and return its row in the ledger."""
    key = int(guild["guild_id"]), stream_id
    return dict(
        wait_for("it is told", lambda: (place.ledger().get(key) or {}).get("message_id"), SECONDS)
        and place.ledger()[key]
    )


def test_killed_amid_notices_and_server_errors(place: Town, bot: BotProcess) -> None:
    """The short form of tests/faults/test_discord_faults.py."""
    guilds, channels = place.guilds[1:9], place.channels[:8]
    place.follow(guilds, channels)
    place.discord.order("rest_fault", endpoint=SEND, status=200, count=20, delay_seconds=0.2)
    for acts in (True, False):
        place.discord.order("rest_fault", endpoint=SEND, status=500, count=5, acts=acts)
        place.discord.order("rest_fault", endpoint=SEND, status=0, count=3, acts=acts)
    streams = [place.live(each, title=HOSTILE) for each in channels]
    wait_for("some are told", lambda: len(place.notices()) > 12, SECONDS)
    bot.end(signal.SIGKILL)
    bot.start().until_serving()
    found = place.until_told(place.expected(streams), SECONDS)
    assert (found.notices, found.lost, found.doubled, found.unknown) == (64, 0, 0, 0)
    for row in place.messages():
        assert not row["pinged_everyone"]
        assert not row["pinged_roles"]
        assert not row["pinged_users"]


def test_a_deleted_channel_is_shown_and_the_next_one_gets_the_notice(place: Town) -> None:
    guild, channel = place.guilds[9], place.channels[8]
    place.follow([guild], [channel])
    place.discord.order("delete_channel", channel_id=guild["channels"][LIVE])
    stream_id = place.live(channel)
    key = int(guild["guild_id"]), stream_id
    wait_for("it is refused", lambda: (place.ledger().get(key) or {}).get("state") == "refused", SECONDS)
    said = place.answer(guild, "/settings", channel="general")["content"]
    assert "gelöscht" in said or "was deleted" in said or "borr" in said, said
    place.answer(guild, f"/setchannel channel:{guild['channels']['general']}", channel="general")
    told(place, guild, stream_id)
    assert len([each for each in shown(place, guild, "general") if each["embeds"]]) == 1


def test_a_lost_permission_is_shown_and_tried_again_when_asked(place: Town) -> None:
    guild, channel = place.guilds[10], place.channels[9]
    place.answer(guild, "/language en", channel="general")
    place.follow([guild], [channel])
    place.discord.order("overwrite", channel_id=guild["channels"][LIVE], deny=1 << 11)
    stream_id = place.live(channel)
    key = int(guild["guild_id"]), stream_id
    wait_for("it is refused", lambda: (place.ledger().get(key) or {}).get("state") == "refused", SECONDS)
    assert "the bot may not write there" in place.answer(guild, "/settings", channel="general")["content"]
    assert "paused" in place.answer(guild, "/streamers", channel="general")["content"]
    place.discord.order("overwrite", channel_id=guild["channels"][LIVE])
    place.answer(guild, "/setchannel", channel="general")
    told(place, guild, stream_id)
    assert "may not write" not in place.answer(guild, "/settings", channel="general")["content"]


def test_kicked_and_back_everything_is_as_it_was(place: Town) -> None:
    guild, channels = place.guilds[11], place.channels[10:12]
    place.follow([guild], channels)
    place.discord.order("membership", guild_id=guild["guild_id"], action="kick")
    left = "SELECT left_at FROM discord_guilds WHERE guild_id = %s"
    wait_for("it has left", lambda: place.rows(left, int(guild["guild_id"]))[0]["left_at"], SECONDS)
    stream_id = place.live(channels[0])
    place.discord.order("membership", guild_id=guild["guild_id"], action="join")
    told(place, guild, stream_id)
    assert not place.rows("SELECT FROM discord_pauses WHERE guild_id = %s", int(guild["guild_id"]))


def test_a_renamed_streamer_is_linked_by_the_new_name(place: Town) -> None:
    guild, channel = place.guilds[12], place.channels[12]
    place.follow([guild], [channel])
    place.twitch.order("rename", login=channel["login"], new_login="brand_new_name")
    stream_id = place.live(channel | {"login": "brand_new_name"})
    told(place, guild, stream_id)
    (message,) = shown(place, guild)
    assert "twitch.tv/brand_new_name>" in message["content"]


def test_at_the_end_the_notice_says_so_though_it_was_edited_too_often(place: Town, bot: BotProcess) -> None:
    """Discord takes few edits of a message that is older than an hour (30046): the last one is tried again later."""
    guild, channel = place.guilds[13], place.channels[13]
    place.answer(guild, "/language en")
    place.follow([guild], [channel])
    told(place, guild, place.live(channel))
    spent = {"message": "Maximum number of edits", "code": 30046, "retry_after": 0.1, "global": False}
    edit = f"PATCH /channels/{guild['channels'][LIVE]}/*"
    place.discord.order("rest_fault", endpoint=edit, status=429, code=30046, body=spent, count=5)
    place.offline(channel)
    wait_for("an edit is refused", lambda: bot.measured('discord_bot_edits_total{outcome="EditsSpent"}') == 1, SECONDS)
    assert "is live" in shown(place, guild)[0]["content"]
    place.execute("UPDATE discord_messages SET edited_at = edited_at - interval '1 minute' WHERE kind = 'live'")
    wait_for("it says so", lambda: "was live" in shown(place, guild)[0]["content"], SECONDS)
    names = {each["name"] for each in shown(place, guild)[0]["embeds"][0]["fields"]}
    assert {"Duration", "Most viewers", "Game"} <= names


def test_at_the_end_it_is_deleted_where_a_server_wants_that(place: Town) -> None:
    guilds, channel = place.guilds[14:16], place.channels[16]
    place.follow(guilds, [channel])
    for guild, ending in zip(guilds, ("delete", "leave"), strict=True):
        place.answer(guild, f"/setchannel ending:{ending}", channel="general")
    stream_id = place.live(channel)
    for guild in guilds:
        told(place, guild, stream_id)
    before = shown(place, guilds[1])
    place.offline(channel)
    wait_for("it is deleted", lambda: not shown(place, guilds[0]), SECONDS)
    assert shown(place, guilds[1]) == before


def test_another_title_and_game_are_shown_and_the_filter_looks_again(place: Town) -> None:
    guilds, channel = place.guilds[16:18], place.channels[17]
    place.follow(guilds, [channel])
    place.execute("UPDATE discord_follows SET games = '{Chess}' WHERE guild_id = %s", int(guilds[1]["guild_id"]))
    stream_id = place.live(channel, title="Hello", game_name="Music")
    told(place, guilds[0], stream_id)
    assert not shown(place, guilds[1])
    place.live(channel, title="Now chess", game_name="Chess")
    told(place, guilds[1], stream_id)
    wait_for("it is edited", lambda: "Now chess" in shown(place, guilds[0])[0]["content"], SECONDS)
    assert len(shown(place, guilds[0])) == len(shown(place, guilds[1])) == 1


def test_only_the_role_is_mentioned(place: Town) -> None:
    guild, channel = place.guilds[18], place.channels[18]
    place.follow([guild], [channel])
    place.answer(guild, f"/setchannel role:{guild['roles']['Live pings']}", channel="general")
    place.answer(
        guild, "/setchannel message:{role} @everyone {name}: {title} ({game}, {viewers}) {url}", channel="general"
    )
    stream_id = place.live(channel, title=HOSTILE)
    row = told(place, guild, stream_id)
    (sent,) = [each for each in place.messages() if each["message_id"] == str(row["message_id"])]
    assert sent["pinged_roles"] == [guild["roles"]["Live pings"]]
    assert not sent["pinged_everyone"]
    assert not sent["pinged_users"]


def test_a_moment_grows_into_the_clip_or_goes_away(place: Town) -> None:
    guild, channel = place.guilds[19], place.channels[19]
    place.follow([guild], [channel])
    place.execute(
        "UPDATE discord_guilds SET moments_on = true, moments_early = true, moments_least_seconds = 0,"
        " language = 'en' WHERE guild_id = %s",
        int(guild["guild_id"]),
    )
    recorder = Recorder(place.dsn, SimpleNamespace(now=lambda: datetime.now(UTC)))  # type: ignore[arg-type]
    recorder.moment("raised", channel_id=channel["channel_id"])
    (erupts,) = wait_for("the crowd erupts", lambda: shown(place, guild), SECONDS)
    assert "A clip follows" in erupts["embeds"][0]["description"]
    recorder.moment("closed", channel_id=channel["channel_id"])
    recorder.clip("made", channel_id=channel["channel_id"])
    wait_for("it is the clip", lambda: "https://clips.twitch.tv" in shown(place, guild)[0]["content"], SECONDS)
    (clip,) = shown(place, guild)
    assert clip["id"] == erupts["id"]
    assert "image" not in clip["embeds"][0]
    recorder.moment("raised", "m2", channel_id=channel["channel_id"])
    wait_for("another", lambda: len(shown(place, guild)) == 2, SECONDS)
    recorder.clip("refused", "m2", channel_id=channel["channel_id"])
    wait_for("it is gone", lambda: [each["id"] for each in shown(place, guild)] == [clip["id"]], SECONDS)
    recorder.hide("m1")
    wait_for("hidden ones go too", lambda: not shown(place, guild), 40)


def test_who_opts_out_is_forgotten_on_discord_too(place: Town) -> None:
    guild, channel = place.guilds[20], place.channels[20]
    place.follow([guild], [channel])
    told(place, guild, place.live(channel))
    with psycopg.connect(place.dsn, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO opt_outs (channel_id, is_out, changed_at) VALUES (%s, true, now())", (channel["channel_id"],)
        )
    wait_for("its notice is gone", lambda: not shown(place, guild), 40)
    wait_for(
        "nobody follows",
        lambda: not place.rows("SELECT FROM discord_follows WHERE guild_id = %s", int(guild["guild_id"])),
        40,
    )


def test_after_the_gateway_was_cut_commands_are_answered(place: Town, bot: BotProcess) -> None:
    for order in (
        {"action": "drop"},
        {"action": "reconnect"},
        {"action": "invalidate"},
        {"action": "close", "code": 4009},
    ):
        place.discord.order("gateway", **order)
        wait_for("it is connected", lambda: place.discord.state()["sessions"] and bot.serves(), 60)
        wait_for("it answers", lambda: place.command(place.guilds[0], "/live")["answered"], 60)


def test_a_command_takes_a_channel_that_the_bot_keeps_no_picture_of(place: Town) -> None:
    guild = place.guilds[20]
    wanted = int(guild["channels"]["general"])
    place.answer(guild, f"/setchannel channel:{wanted}", channel="general")
    rows = place.rows("SELECT text_channel_id FROM discord_guilds WHERE guild_id = %s", int(guild["guild_id"]))
    assert [row["text_channel_id"] for row in rows] == [wanted]
