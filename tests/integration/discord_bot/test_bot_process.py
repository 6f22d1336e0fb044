"""The bot as a process: discord.py, Postgres and both simulators, with nothing in between."""

from pathlib import Path

from integration.support.discord_town import bot_of, town

from embedded.processes.waiting import wait_for


def test_each_server_is_told_of_a_stream(tmp_path: Path, postgres: str) -> None:
    with town(tmp_path, postgres, guilds=3, channels=4) as place, bot_of(place, tmp_path) as bot:
        bot.until_serving()
        place.follow(place.guilds, place.channels)
        place.live(place.channels[0])
        wait_for("everyone is told", lambda: place.states()["sent"] == 3, 30)
        assert [len(each) for each in place.notices().values()] == [1, 1, 1]
        print(place.notices())
        print(place.command(place.guilds[0], "/settings"))
        print(bot.log_text())


def test_a_command_takes_a_channel_that_the_bot_keeps_no_picture_of(tmp_path: Path, postgres: str) -> None:
    with town(tmp_path, postgres, guilds=1, channels=1) as place, bot_of(place, tmp_path) as bot:
        bot.until_serving()
        wanted = int(place.guilds[0]["channels"]["general"])
        place.command(place.guilds[0], f"/setchannel channel:{wanted}")
        rows = place.rows("SELECT text_channel_id FROM discord_guilds")
        assert [row["text_channel_id"] for row in rows] == [wanted]
