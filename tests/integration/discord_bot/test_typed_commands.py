"""What people type, to the bot as a process: each command is answered to its caller alone, in their server's words."""

from collections.abc import Iterator

import pytest
from integration.support.discord_bot_process import BotProcess
from integration.support.discord_town import LIVE, Town, bot_of, town

from embedded.processes.waiting import wait_for

PLAIN = {  # commands with a part of their answers, in the order in which they are typed
    "/help": "**/addstreamer**",
    "/settings": "**Notices**",
    "/streamers": "This server follows nobody yet",
    "/live": "Nobody whom this server follows is live now.",
    "/addstreamer {login}": "Followed from now on",
    "/stats {login}": "was not seen live since",
    "/clips on:true": "**Moments**: on",
    "/setchannel ending:delete": "the notice is deleted",
    "/preview": "An example is in",
    "/removestreamer {login}": "No longer followed",
    "/language de": "Deutsch",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, postgres_of_module: str) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("commands")
    with town(folder, postgres_of_module, guilds=6, channels=30) as found, bot_of(found, folder) as bot:
        bot.until_serving()
        found.bot = bot
        yield found


def bot(place: Town) -> BotProcess:
    assert place.bot is not None
    return place.bot


def test_each_of_the_eleven_is_answered_to_its_caller(place: Town) -> None:
    guild, login = place.guilds[0], place.channels[0]["login"]
    assert len(PLAIN) == place.discord.state()["commands"] == 11
    for typed, words in PLAIN.items():
        answer = place.answer(guild, typed.format(login=login))
        assert answer["ephemeral"], typed
        assert words in answer["content"], (typed, answer["content"])
    other = next(name for name, user_id in guild["members"].items() if user_id != guild["owner_id"])
    shown = place.discord.messages(guild["channels"][LIVE], guild["members"][other])
    assert [each["embeds"][0]["title"] for each in shown] == ["This is an example"]  # what /preview has posted


def test_who_may_not_manage_the_server_is_told_so(place: Town) -> None:
    """Discord hides the commands, but a server's own settings may offer them to anybody: the bot looks again."""
    guild = place.guilds[1]
    plain = list(guild["members"])[-2]
    for text in ("/settings", "/addstreamer nobody_knows", "/clips on:true"):
        where = {"channel_id": guild["channels"]["general"], "user_id": guild["members"][plain]}
        with pytest.raises(RuntimeError):
            place.discord.order("command", text=text, **where)
        place.discord.order("command", text=text, force=True, **where)
        said = lambda where=where: place.discord.messages(where["channel_id"], where["user_id"])[-1]  # noqa: E731
        wait_for("it is refused", lambda said=said: "Manage Server" in said()["content"], 20)
    assert not place.rows("SELECT FROM discord_follows WHERE guild_id = %s", int(guild["guild_id"]))


def test_a_pasted_list_is_read_and_turned_page_by_page(place: Town) -> None:
    place.answer(place.guilds[2], "/language en")
    guild, logins = place.guilds[2], [each["login"] for each in place.channels[:25]]
    pasted = ", ".join([f"https://www.twitch.tv/{logins[0]}", *logins[1:], "nobody_of_this_name"])
    answer = place.answer(guild, f"/addstreamer {pasted}")
    assert "Twitch knows no channel of this name: nobody" in answer["content"].replace("\\", "")
    assert "Notices will be posted here" in answer["content"]
    first = place.answer(guild, "/streamers")
    assert "follows 25 streamers" in first["content"]
    assert "Page 1 of 3" in first["content"]
    (button,) = first["components"][0]["components"]
    where = {"channel_id": guild["channels"][LIVE], "user_id": guild["owner_id"], "message_id": first["id"]}
    place.discord.order("press", custom_id=button["custom_id"], **where)

    def shown() -> str:
        found = place.discord.messages(where["channel_id"], where["user_id"])
        return next(each["content"] for each in found if each["id"] == first["id"])

    wait_for("the next page", lambda: "Page 2 of 3" in shown(), 20)


def test_names_and_games_are_suggested(place: Town) -> None:
    guild, channel = place.guilds[3], place.channels[3]
    place.answer(guild, f"/addstreamer {channel['login']}")
    where = {"channel_id": guild["channels"][LIVE], "user_id": guild["owner_id"]}

    def suggested(text: str) -> list[str]:
        return [each["value"] for each in place.discord.order("suggest", text=text, **where)["choices"]]

    assert channel["login"] in suggested(f"/addstreamer {channel['login'][:4]}")
    assert suggested(f"/removestreamer {channel['login'][:3]}") == [f"id:{channel['channel_id']}"]
    assert suggested("/removestreamer nobody_of_this_name") == []
    place.live(channel, game_name="Chess")
    wait_for("a game is known", lambda: suggested("/clips games:che") == ["Chess"], 20)
    assert suggested("/clips games:Music, che") == ["Music, Chess"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/addstreamer a b c!!", "This is no Twitch channel"),
        ("/addstreamer nobody_of_this_name", "Twitch knows no channel of this name"),
        ("/setchannel message:{nothing} is live", "There is no field {nothing}"),
        ("/clips moods:grumpy", "There is no mood grumpy"),
        ("/clips games:No Such Game At All", "Twitch knows no game of this name"),
        ("/stats nobody_of_this_name", "follows nobody of that name"),
        ("/removestreamer nobody_of_this_name", "follows nobody of that name"),
    ],
)
def test_a_mistake_is_said_in_words(place: Town, typed: str, words: str) -> None:
    place.answer(place.guilds[4], "/language en")
    assert words in place.answer(place.guilds[4], typed)["content"].replace("\\", "")


def test_every_language_has_its_words(place: Town) -> None:
    """The server's choice; without one that of whoever calls, as Discord tells it."""
    guild = place.guilds[5]
    words = {"en": "Notices", "de": "Meldungen", "es": "Avisos"}
    of_caller = {each["owner_id"]: each["locale"].partition("-")[0] for each in place.guilds}
    assert {"de", "en"} <= set(of_caller.values())
    for each in (place.guilds[3], guild):
        expected = words.get(of_caller[each["owner_id"]], "Notices")
        assert place.answer(each, "/settings")["content"].startswith(f"**{expected}")
    for language, expected in words.items():
        place.answer(guild, f"/language {language}")
        assert place.answer(guild, "/settings")["content"].startswith(f"**{expected}")
        assert len(place.answer(guild, "/help")["content"]) <= 2000


def test_an_answer_that_comes_too_late_harms_nobody(place: Town) -> None:
    """Discord gives up after three seconds: the person sees that, and the bot goes on."""
    guild = place.guilds[0]
    place.discord.order("rest_fault", endpoint="POST /interactions/*/callback", status=200, delay_seconds=4)
    assert not place.command(guild, "/settings")["answered"]
    assert place.answer(guild, "/settings")["content"]
    late = 'discord_bot_commands_total{command="settings",outcome="late"}'
    wait_for("it is counted", lambda: bot(place).measured(late) == 1, 20)
