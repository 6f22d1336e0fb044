"""A channel's own people choose where Discord is told of last night: it takes both sign-ins, and a server of theirs."""

from collections.abc import Iterator

import pytest
from integration.support.channel_people import PeopleWorld, Person, open_people
from integration.support.clip_creator_process import Simulator
from integration.support.discord_site import discord_settings, places_of, write_servers
from integration.support.discord_visitor import Forms, Visitor

from discord_simulator.process import DiscordProcess


@pytest.fixture(scope="module")
def discord(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DiscordProcess]:
    flags = ("--guilds", "2", "--other-guilds", "1", "--limit-scale", "1000")
    with DiscordProcess(tmp_path_factory.mktemp("discord"), *flags) as process:
        yield process


@pytest.fixture(scope="module")
def world(
    postgres_of_module: str, twitch: Simulator, discord: DiscordProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PeopleWorld]:
    folder = tmp_path_factory.mktemp("nights")
    with open_people(postgres_of_module, twitch, folder, **discord_settings(discord, folder)) as found:
        write_servers(found.dsn, [each for each in discord.guilds() if each["has_bot"]])
        yield found


def test_a_server_of_theirs_is_chosen_and_let_go(world: PeopleWorld, discord: DiscordProcess) -> None:
    login, server = world.logins()[0], next(each for each in discord.guilds() if each["has_bot"])
    address = f"/discord/nights/{login}"
    place = next(each for each in places_of(server).text_channels if each.may_post)
    with Visitor(world.site.url, discord, server["owner_id"]) as visitor, Person(world.site.url, login) as person:
        person.http.close()
        person.http = visitor.http
        assert visitor.http.get(address).status_code == 401  # nobody is signed in with Twitch
        person.sign_in()
        assert f'href="{address}"' in person.page()
        assert "Sign in with Discord" in visitor.http.get(address).text
        came = visitor.come_back(visitor.agree(visitor.leave()))
        assert came.headers["location"] == address  # on with what they came for
        (form,) = (each for each in Forms(visitor.http.get(address).text).forms if each.action == address)
        csrf = dict(form.fields)["csrf"]
        chosen = f"{server['guild_id']}:{place.text_channel_id}"
        assert visitor.http.post(address, data={"place": chosen}).status_code == 403
        for wrong in ("1:2", f"{server['guild_id']}:1", f"1:{place.text_channel_id}", "", "x"):
            assert visitor.http.post(address, data={"csrf": csrf, "place": wrong}).status_code == 404, wrong
        answer = visitor.http.post(address, data={"csrf": csrf, "place": chosen})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/channels/{login}/yours#discord")
        expected = [(world.id_of(login), int(server["guild_id"]), place.text_channel_id)]
        assert world.sql("SELECT channel_id, guild_id, text_channel_id FROM night_choices") == expected
        page = person.page()
        assert f"#{place.name}" in page
        stranger = world.logins()[1]
        assert visitor.http.get(f"/discord/nights/{stranger}").status_code == 403  # another's channel
        assert "Nobody is told on Discord" in person.done("untell")
        assert world.sql("SELECT count(*) FROM night_choices") == [(0,)]
        visitor.http.post(address, data={"csrf": csrf, "place": chosen})
        person.press("revoke")
        assert world.sql("SELECT count(*) FROM night_choices") == [(0,)]
        assert visitor.http.get(address).status_code == 401
