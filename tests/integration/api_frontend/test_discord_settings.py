"""Settings of a Discord server on the web: real site and Postgres, simulated Discord and Twitch."""

from typing import Any

import pytest
from integration.support.discord_site import BotWorld, rows
from integration.support.discord_visitor import Visitor, page_of, problem_of


@pytest.fixture
def server(one: dict[str, Any]) -> dict[str, Any]:
    return one


def guild_row(world: BotWorld, server: dict[str, Any], columns: str) -> tuple[Any, ...]:
    (found,) = rows(world.dsn, f"SELECT {columns} FROM discord_guilds WHERE guild_id = %s", server["guild_id"])
    return found


def test_everybody_sees_what_the_bot_does(world: BotWorld) -> None:
    with Visitor(world.site.url, world.discord) as visitor:
        page = visitor.http.get("/discord").text
        assert "scope=bot+applications.commands" in page
        assert page.count('<figure class="dc">') == 5
        assert "Chat is laughing" in page
        german = visitor.http.get("/discord", headers={"Accept-Language": "de"}).text
        assert "Der Chat lacht" in german
        assert "vor 3 Stunden" not in page
        assert 'href="/discord"' in visitor.http.get("/about").text


def test_a_person_sees_the_servers_that_they_may_manage(world: BotWorld, server: dict[str, Any]) -> None:
    owners = {each["owner_id"] for each in world.servers}
    member = next(number for number in server["members"].values() if number not in owners)
    with Visitor(world.site.url, world.discord, member) as visitor:
        visitor.sign_in()
        give = {"guild_id": server["guild_id"], "user_id": member, "role_id": server["roles"]["Moderator"]}
        for action, is_there in (("take", False), ("give", True), ("take", False)):
            world.discord.order("member_role", action=action, **give)
            assert (page_of(server) in visitor.http.get("/discord/servers").text) == is_there
            assert visitor.http.get(page_of(server)).status_code == (200 if is_there else 404)
    other = world.servers[-1]
    assert not other["has_bot"]
    with world.owner_of(other) as visitor:
        page = visitor.sign_in().http.get("/discord/servers").text
        assert f'href="{page_of(other)}"' not in page
        assert f"guild_id={other['guild_id']}" in page


def test_notices_are_saved_and_shown_again(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    page = page_of(server)
    assert "choose a channel" in owner.http.get(page).text
    live, ping = server["channels"]["live"], server["roles"]["Live pings"]
    rows(world.dsn, "INSERT INTO discord_pauses VALUES (%s, %s, 'no_permission')", server["guild_id"], live)
    assert "Send Messages" in problem_of(owner.http.get(page).text)
    said = owner.save(page, "setchannel", channel=live, role=ping, message="{name}!\n{url}", ending="delete")
    assert 'role="status">The notices are saved.' in said
    assert 'role="status">The notices' not in owner.http.get(page).text  # said once
    assert guild_row(world, server, "text_channel_id, role_id, template, at_end") == (
        int(live), int(ping), "{name}!\n{url}", "delete",
    )  # fmt: skip
    assert rows(world.dsn, "SELECT * FROM discord_pauses") == []  # as /setchannel does
    form = dict(owner.form(page, "setchannel").fields)
    assert (form["channel"], form["role"], form["message"], form["ending"]) == (live, ping, "{name}!\n{url}", "delete")
    owner.save(page, "setchannel", role="", message="default")
    assert guild_row(world, server, "text_channel_id, role_id, template") == (int(live), None, "")


def test_moments_are_saved_and_shown_again(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    page, clips = page_of(server), server["channels"]["clips"]
    game = "Just Chatting"
    owner.save(
        page, "clips", on=["0", "1"], rarity="21600", moods=["", "hype", "awe"], games=game, channel=clips,
        early=["0", "1"], per_hour="3", digest="weekly",
    )  # fmt: skip
    columns = "moments_on, moments_least_seconds, moments_moods, moments_games, moments_channel_id, moments_early"
    assert guild_row(world, server, columns) == (True, 21600, ["hype", "awe"], [game], int(clips), True)
    assert guild_row(world, server, "moments_per_hour, digest") == (3, "weekly")
    form = owner.form(page, "clips")
    assert [value for name, value in form.fields if name == "moods"] == ["", "hype", "awe"]
    assert dict(form.fields)["games"] == game
    owner.save(page, "clips", on="0", moods="", games="", channel="", early="0", digest="none")
    assert guild_row(world, server, columns) == (False, 21600, [], [], None, False)
    assert guild_row(world, server, "moments_per_hour") == (3,)


def test_the_language(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    page = page_of(server)
    owner.save(page, "language", language="es")
    assert guild_row(world, server, "language") == ("es",)
    assert "está en directo" in owner.http.get(page).text  # the preview speaks as the bot will
    owner.save(page, "language", language="")
    assert guild_row(world, server, "language") == ("",)


def test_streamers_come_and_go(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    page = page_of(server)
    (first_id, first), (second_id, second) = list(world.twitch.logins.items())[:2]
    said = owner.save(page, "addstreamer", streamers=f"{first}, https://twitch.tv/{second} nobody_there_1")
    assert "Followed from now on" in said
    assert "nobody" in said
    assert "please choose a channel" in said
    follows = "SELECT channel_id, text_channel_id, role_id, template, games FROM discord_follows WHERE guild_id = %s"
    assert {row[0] for row in rows(world.dsn, follows, server["guild_id"])} == {first_id, second_id}
    own = f"{page}/streamers/{first_id}"
    live, ping = server["channels"]["live"], server["roles"]["Live pings"]
    owner.save(own, "addstreamer", channel=live, role=ping, message="own {name}")
    assert (first_id, int(live), int(ping), "own {name}", []) in rows(world.dsn, follows, server["guild_id"])
    form = dict(owner.form(own, "addstreamer").fields)
    assert (form["channel"], form["role"], form["message"]) == (live, ping, "own {name}")
    owner.save(own, "addstreamer", channel="", role="", message="")
    assert (first_id, None, None, "", []) in rows(world.dsn, follows, server["guild_id"])
    assert "No longer followed" in owner.save(own, "removestreamer")
    assert [row[0] for row in rows(world.dsn, follows, server["guild_id"])] == [second_id]
    assert owner.http.get(own).status_code == 404


@pytest.mark.parametrize(
    ("command", "changes", "said"),
    [
        ("setchannel", {"message": "{nam}"}, "There is no field"),
        ("setchannel", {"message": "x" * 501}, "at most 500"),
        ("setchannel", {"ending": "explode"}, "There is no such choice."),
        ("setchannel", {"channel": "12x"}, "no choice of that list"),
        ("setchannel", {"role": "1"}, "no such role"),
        ("clips", {"per_hour": "61"}, "at most 60"),
        ("clips", {"per_hour": "many"}, "whole number"),
        ("clips", {"moods": "joy"}, "There is no mood"),
        ("clips", {"rarity": "17"}, "There is no such choice."),
        ("clips", {"digest": "hourly"}, "There is no such choice."),
        ("clips", {"games": "No Such Game 99"}, "Twitch knows no game"),
        ("language", {"language": "xx"}, "There is no such choice."),
        ("addstreamer", {"streamers": "not a name!"}, "This is no Twitch channel"),
        ("addstreamer", {"streamers": "luna", "channel": "1"}, "sees no such text channel"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    world: BotWorld, owner: Visitor, server: dict[str, Any], command: str, changes: dict[str, str], said: str
) -> None:
    before = rows(world.dsn, "SELECT * FROM discord_guilds ORDER BY guild_id")
    answer = owner.send(page_of(server), command, **changes)
    assert answer.status_code == 400
    assert said in problem_of(answer.text)
    for name, value in changes.items():
        if name in ("message", "games", "streamers"):
            assert value[:40] in answer.text
    assert rows(world.dsn, "SELECT * FROM discord_guilds ORDER BY guild_id") == before
    assert rows(world.dsn, "SELECT * FROM discord_follows") == []


def test_a_preview_shows_what_is_typed_and_saves_nothing(
    world: BotWorld, owner: Visitor, server: dict[str, Any]
) -> None:
    page = page_of(server)
    ping = server["roles"]["Live pings"]
    typed = {"role": ping, "message": "Look: **{name}** <script>"}
    whole = owner.send(page, "setchannel", do="preview", **typed)
    piece = owner.send(page, "setchannel", do="preview", piece="1", **typed)
    for answer in (whole, piece):
        assert answer.status_code == 200
        assert '<span class="mention">@Live pings</span> Look: <strong>Twitch</strong> &lt;script&gt;' in answer.text
    assert "<html" in whole.text
    assert "<html" not in piece.text
    assert "Look: **{name}** &lt;script&gt;</textarea>" in whole.text
    wrong = owner.send(page, "setchannel", do="preview", piece="1", message="{nam}")
    assert "There is no field" in problem_of(wrong.text)
    assert "Chat is laughing" in owner.send(page, "clips", do="preview", on="1", early="1").text
    assert "nothing is posted" in owner.send(page, "clips", do="preview", piece="1", on="0", digest="none").text
    assert "The best moments of the last week" in owner.send(page, "clips", do="preview", digest="weekly").text
    assert "está en directo" in owner.send(page, "language", do="preview", piece="1", language="es").text
    assert "someone_there" in owner.send(page, "addstreamer", do="preview", piece="1", streamers="someone_there").text
    assert guild_row(world, server, "role_id, template, language, moments_on") == (None, "", "", False)
    assert rows(world.dsn, "SELECT * FROM discord_follows") == []


def test_a_channel_that_was_deleted_meanwhile_is_said(world: BotWorld, owner: Visitor) -> None:
    made = world.discord.order("guild", name="Short-lived", with_bot=True)
    world.renew()
    with Visitor(world.site.url, world.discord, made["owner_id"]) as visitor:
        visitor.sign_in()
        channel = made["channels"]["general"]
        visitor.save(page_of(made), "setchannel", channel=channel)
        rows(world.dsn, "UPDATE discord_places SET text_channels = '[]' WHERE guild_id = %s", made["guild_id"])
        page = visitor.http.get(page_of(made)).text
        assert f'<option value="{channel}" selected>A channel that was deleted' in page
        assert "sees no such text channel" in problem_of(visitor.send(page_of(made), "setchannel").text)


def test_a_bot_that_was_kicked_meanwhile_is_said(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    form = owner.form(page_of(server), "language")
    rows(world.dsn, "UPDATE discord_guilds SET left_at = now() WHERE guild_id = %s", server["guild_id"])
    answer = owner.http.post(form.action, data=dict(form.fields) | {"language": "de"})
    assert answer.status_code == 404
    assert "The bot is not in this server any more." in answer.text
    assert f"guild_id={server['guild_id']}" in owner.http.get("/discord/servers").text  # to add it again
    assert guild_row(world, server, "language") == ("",)


def test_twitch_away_is_said(world: BotWorld, owner: Visitor, server: dict[str, Any]) -> None:
    world.twitch.order("helix_fault", endpoint="/helix/users", status=503, count=20)
    try:
        answer = owner.send(page_of(server), "addstreamer", streamers="luna_away")
    finally:
        world.twitch.order("helix_fault", endpoint="/helix/users", status=503, count=0)
    assert answer.status_code == 503
    assert "Twitch does not answer" in problem_of(answer.text)
    assert "luna_away" in answer.text
