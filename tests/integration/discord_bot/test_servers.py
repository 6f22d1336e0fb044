"""Servers' settings and follows on a real Postgres, by the commands themselves: no server sees another's."""

from typing import Any

import psycopg
import pytest
from integration.support.database import as_role
from integration.support.discord_world import Bot, World

from discord_bot.commands import choices, following, lists, preview, stats
from discord_bot.commands.desk import Caller, Desk
from discord_bot.polling.names import Housekeeping
from discord_bot.sending.errors import ChannelRefused
from discord_notices.settings.wrong_input import WrongInput
from discord_notices.wording import speaking
from recorder.database import load_queries
from recorder.erasure import erase

NOTHING = following.FollowOptions()


@pytest.fixture
def desk(bot: Bot, world: World) -> Desk:
    world.twitch.users = {"1": "ninja", "2": "shroud"}
    return Desk(
        guilds=bot.guilds,
        follows=bot.follows,
        streams=bot.streams,
        suggestions=bot.suggestions,
        side=world.discord,
        twitch=world.twitch,
    )


async def caller(bot: Bot, guild_id: int, **changes: Any) -> Caller:
    if await bot.guilds.one(guild_id) is None:
        await bot.join(guild_id, **changes)
    guild = await bot.guilds.one(guild_id)
    assert guild is not None
    return Caller(guild=guild, text_channel_id=99)


async def test_following(bot: Bot, desk: Desk) -> None:
    one = await caller(bot, 1)
    said = (await following.add(desk, one, "Ninja, twitch.tv/shroud, nobody_there", NOTHING)).text
    assert "Followed from now on: **Ninja**, **Shroud**." in said
    assert "nobody" in said.splitlines()[-1]
    options = following.FollowOptions(text_channel_id=5, role_id=6, games="chess", template="{name}")
    assert "Followed already" in (await following.add(desk, one, "ninja", options)).text
    found = {each.streamer.login: each.follow for each in await bot.follows.of(1)}
    assert (found["ninja"].text_channel_id, found["ninja"].role_id, found["ninja"].games) == (5, 6, ("Chess",))
    await following.add(desk, one, "ninja", NOTHING)
    assert (await bot.follows.of(1))[0].follow.template == "{name}"
    assert "No longer followed: **Shroud**." in (await following.remove(desk, one, "shroud")).text
    with pytest.raises(WrongInput):
        await following.remove(desk, one, "shroud")
    with pytest.raises(WrongInput, match="no game"):
        await following.add(desk, one, "ninja", following.FollowOptions(games="nonsense"))


async def test_what_a_follow_has_of_its_own_goes_back_to_the_servers(bot: Bot, desk: Desk) -> None:
    one = await caller(bot, 1)
    assert one.guild.text_channel_id == 10
    own = following.FollowOptions(text_channel_id=5, role_id=6, games="chess", template="{name}")
    await following.add(desk, one, "ninja", own)
    back = following.FollowOptions(text_channel_id=10, takes_role_away=True, games="all", template="default")
    await following.add(desk, one, "ninja", back)
    follow = (await bot.follows.of(1))[0].follow
    assert (follow.text_channel_id, follow.role_id, follow.games, follow.template) == (None, None, (), "")
    await choices.clips(desk, one, choices.ClipOptions(text_channel_id=12))
    await choices.clips(desk, one, choices.ClipOptions(text_channel_id=10))
    guild = await bot.guilds.one(1)
    assert guild is not None
    assert guild.moments.text_channel_id is None


async def test_a_renamed_streamer_is_removed_by_id_or_new_name(bot: Bot, desk: Desk, world: World) -> None:
    one = await caller(bot, 1)
    await following.add(desk, one, "ninja shroud", NOTHING)
    world.twitch.users["1"] = "ninja_two"
    await bot.follows.keep_streamers(await world.twitch.streamers_by_id(["1"]))
    await following.remove(desk, one, "ninja_two")
    await following.remove(desk, one, "id:2")
    assert await bot.follows.of(1) == []


async def test_the_first_follow_sets_the_channel(bot: Bot, desk: Desk) -> None:
    await bot.join(1)
    await bot.guilds.change(1, {"text_channel_id": None})
    said = (await following.add(desk, await caller(bot, 1), "ninja", NOTHING)).text
    assert "<#99>" in said
    guild = await bot.guilds.one(1)
    assert guild is not None
    assert guild.text_channel_id == 99


async def test_no_command_reaches_another_server(bot: Bot, desk: Desk, world: World) -> None:
    one, two = await caller(bot, 1), await caller(bot, 2)
    await following.add(desk, one, "ninja", following.FollowOptions(role_id=6))
    await choices.set_channel(desk, one, choices.ChannelOptions(text_channel_id=11, at_end="delete", template="mine"))
    await choices.clips(desk, one, choices.ClipOptions(is_on=True, moods="hype", per_hour=2, digest="daily"))
    await choices.language(desk, one, "de")
    await bot.guilds.pause(1, 11, "channel_gone")
    assert "nobody" in (await lists.streamers(desk, two, 1)).text
    assert "Nobody" in (await lists.live(desk, two)).text
    for refused in (following.remove(desk, two, "ninja"), stats.stats(desk, two, "ninja")):
        with pytest.raises(WrongInput):
            await refused
    before = await bot.guilds.one(2)
    assert before == two.guild
    said = (await choices.changed(desk, two, {})).text
    assert "mine" not in said
    assert "⚠" not in said
    assert await bot.suggestions.follows(2, "nin") == []
    assert [value for _, value in await bot.suggestions.follows(1, "Nin")] == ["id:1"]
    await choices.set_channel(desk, two, choices.ChannelOptions())
    assert len(await bot.guilds.pauses(1)) == 1


async def test_all_settings_are_kept_and_shown(bot: Bot, desk: Desk) -> None:
    one = await caller(bot, 1)
    await choices.set_channel(
        desk, one, choices.ChannelOptions(text_channel_id=11, role_id=6, template="{name}", at_end="leave")
    )
    options = choices.ClipOptions(
        is_on=True, least_seconds=21600, moods="hype, awe", games="chess", text_channel_id=12, is_early=True,
        per_hour=3, digest="weekly",
    )  # fmt: skip
    said = (await choices.clips(desk, one, options)).text
    for shown in ("<#11>", "<@&6>", "{name}", "stays as it is", "6 hours", "hype, awe", "Chess", "<#12>", "every week"):
        assert shown in said
    guild = await bot.guilds.one(1)
    assert guild is not None
    assert (guild.moments.per_hour, guild.moments.is_early, guild.moments.moods) == (3, True, ("hype", "awe"))
    await choices.set_channel(desk, one, choices.ChannelOptions(takes_role_away=True, template="default"))
    guild = await bot.guilds.one(1)
    assert guild is not None
    assert (guild.role_id, guild.template, guild.at_end, guild.moments.per_hour) == (None, "", "leave", 3)


async def test_the_language(bot: Bot, desk: Desk) -> None:
    assert "Deutsch" in (await choices.language(desk, await caller(bot, 1), "de")).text
    with speaking("es"):
        assert "sigue" in (await lists.streamers(desk, await caller(bot, 1), 1)).text


async def test_lists_are_paged_and_those_who_are_live_come_first(bot: Bot, desk: Desk, world: World) -> None:
    one = await caller(bot, 1)
    world.twitch.users = {str(number): f"name{number:02}" for number in range(25)}
    await following.add(desk, one, " ".join(world.twitch.users.values()), NOTHING)
    world.live("24", "s1", title="@everyone **x**")
    await bot.round()
    first = (await lists.streamers(desk, one, 1)).text
    assert first.splitlines()[1].startswith("- **Name24** · live")
    assert "Page 1 of 3" in first
    assert (await lists.streamers(desk, one, 99)).text.count("\n- ") == 5
    assert "@everyone" not in (await lists.live(desk, one)).text
    assert "100" in (await stats.stats(desk, one, "name24")).text


async def test_a_preview_says_what_is_wrong_and_resumes(bot: Bot, desk: Desk, world: World) -> None:
    one = await caller(bot, 1)
    world.discord.refused[10] = ChannelRefused("no_permission")
    await bot.guilds.pause(1, 10, "no_permission")
    with pytest.raises(WrongInput, match="Send Messages"):
        await preview.preview(desk, one, "live", world.now())
    world.discord.refused.clear()
    assert "<#10>" in (await preview.preview(desk, one, "live", world.now())).text
    assert world.discord.shown(10)[0].role_id is None
    assert await bot.guilds.pauses(1) == []
    await preview.preview(desk, one, "ended", world.now())
    assert "was live" in world.discord.shown(10)[1].content


def opt_out(postgres: str, channel_id: str) -> None:
    with psycopg.connect(as_role(postgres, "recorder")) as connection:
        connection.execute("INSERT INTO opt_outs VALUES (%s, '', true, now())", (channel_id,))


async def test_an_opt_out_ends_notices_and_follows(bot: Bot, desk: Desk, world: World, postgres: str) -> None:
    one = await caller(bot, 1)
    await following.add(desk, one, "ninja shroud", NOTHING)
    world.live("1", "s1")
    world.live("2", "s2")
    await bot.round()
    opt_out(postgres, "1")
    await bot.sending(bot.opted_out.clear(bot.sender))
    assert [message.content.split()[0] for message in world.discord.shown(10)] == ["Shroud"]
    assert [each.streamer.login for each in await bot.follows.of(1)] == ["shroud"]
    assert "does not want" in (await following.add(desk, one, "ninja", NOTHING)).text
    await bot.round()
    assert len(world.discord.shown(10)) == 1


async def test_the_recorder_erases_who_opted_out_while_no_bot_runs(bot: Bot, desk: Desk, postgres: str) -> None:
    await following.add(desk, await caller(bot, 1), "ninja shroud", NOTHING)
    opt_out(postgres, "1")
    with psycopg.connect(as_role(postgres, "recorder")) as connection:
        assert erase(connection, load_queries())["discord_streamers"] == 1
    assert [each.streamer.login for each in await bot.follows.of(1)] == ["shroud"]


async def test_one_wrong_answer_removes_nobody(bot: Bot, desk: Desk, world: World, postgres: str) -> None:
    one = await caller(bot, 1)
    await following.add(desk, one, "ninja", NOTHING)
    with psycopg.connect(postgres, autocommit=True) as owner:
        owner.execute("UPDATE discord_streamers SET asked_at = now() - interval '1 day'")
    housekeeping = Housekeeping(
        twitch=world.twitch,
        follows=bot.follows,
        guilds=bot.guilds,
        streams=bot.streams,
        ledger=bot.ledger,
        silent_days=90,
        streams_days=90,
    )
    known = world.twitch.users.pop("1")
    await housekeeping.ask_names()
    await housekeeping.forget()
    assert "not found at Twitch" in (await lists.streamers(desk, one, 1)).text
    world.twitch.users["1"] = f"{known}_new"
    for since in ("1 day", "91 days"):
        with psycopg.connect(postgres, autocommit=True) as owner:
            owner.execute(f"UPDATE discord_streamers SET asked_at = now() - interval '{since}'")
        await housekeeping.ask_names()
        await housekeeping.forget()
        assert "Ninja_New" in (await lists.streamers(desk, one, 1)).text.replace("\\", "")
    with psycopg.connect(postgres, autocommit=True) as owner:
        owner.execute("UPDATE discord_streamers SET missing_since = now() - interval '91 days'")
    await housekeeping.forget()
    assert await bot.follows.of(1) == []


async def test_nothing_is_deleted_before_ninety_silent_days(bot: Bot, desk: Desk, postgres: str) -> None:
    one = await caller(bot, 1)
    await caller(bot, 2)
    await following.add(desk, one, "ninja", NOTHING)
    await bot.guilds.pause(1, 10, "channel_gone")
    await bot.guilds.leave(2)
    await bot.follows.note_missing(["1"])
    for days, kept in ((89, True), (91, False)):
        with psycopg.connect(postgres, autocommit=True) as owner:
            since = f"now() - interval '{days} days'"
            owner.execute(f"UPDATE discord_guilds SET left_at = {since} WHERE left_at IS NOT NULL")
            owner.execute(f"UPDATE discord_pauses SET since = {since}")
        await bot.guilds.forget(90)
        assert (await bot.guilds.one(2) is not None) == kept
        assert bool(await bot.follows.of(1)) == kept
    assert await bot.guilds.one(1) is not None
