"""The pages: servers as members see them, commands typed by a visitor, and OAuth2's question."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from discord_simulator.messages.drafts import EPHEMERAL, read_draft

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def place(server: Any, name: str = "live") -> str:
    return f"/servers/{server.guild.guild_id}/{server.channel(name).channel_id}"


def post(server: Any, **body: Any) -> None:
    server.discord.posting.send(server.bot_id, server.channel("live").channel_id, read_draft(body))


async def test_a_visitor_finds_the_servers_and_their_channels(server: Any, pages: httpx.AsyncClient) -> None:
    home = await pages.get("/")
    assert server.guild.name in home.text
    first = await pages.get(f"/servers/{server.guild.guild_id}")
    assert "#&hairsp;welcome" in first.text
    assert "script-src 'self'" in first.headers["content-security-policy"]
    for asset in ("/style.css", "/page.js"):
        assert (await pages.get(asset)).status_code == 200
    assert (await pages.get("/servers/5")).status_code == 404


async def test_a_member_sees_no_hidden_channel(server: Any, pages: httpx.AsyncClient) -> None:
    eyes = {"as": str(server.member().user_id)}
    assert "mods" not in (await pages.get(place(server), params=eyes)).text
    assert (await pages.get(place(server, "mods"), params=eyes)).status_code == 404
    assert (await pages.get(place(server, "mods"))).status_code == 200


async def test_hostile_text_is_shown_as_text(server: Any, pages: httpx.AsyncClient) -> None:
    button = {"type": 2, "style": 1, "label": HOSTILE[:80], "custom_id": HOSTILE[:100]}
    field = {"name": HOSTILE, "value": HOSTILE}
    embed = {"title": HOSTILE, "description": HOSTILE, "fields": [field], "footer": {"text": HOSTILE},
             "author": {"name": HOSTILE}, "url": 'https://a.b/"onclick="x'}  # fmt: skip
    post(server, content=HOSTILE, embeds=[embed], components=[{"type": 1, "components": [button]}])
    server.guild.rename(HOSTILE)
    page = (await pages.get(place(server))).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'onclick="x' not in page
    assert page.count("&lt;script&gt;") >= 6


async def test_a_message_is_shown_with_what_it_holds(server: Any, pages: httpx.AsyncClient) -> None:
    role = server.role("Live pings")
    link = {"type": 2, "style": 5, "label": "Watch", "url": "https://a.b/watch"}
    menu = {"type": 3, "custom_id": "m", "options": [{"label": "One", "value": "1"}]}
    post(
        server,
        content=f"<@&{role}> is live https://clips.a.b/x",
        embeds=[{"title": "Title", "color": 0xFF0000, "image": {"url": "https://a.b/p.png"},
                 "fields": [{"name": "Viewers", "value": "12", "inline": True}]}],
        components=[{"type": 1, "components": [link]}, {"type": 1, "components": [menu]}],
    )  # fmt: skip
    pinged = next(n for n, each in server.guild.members.items() if role in each.role_ids)
    page = (await pages.get(place(server), params={"as": str(pinged)})).text
    assert 'class="pings"' not in (await pages.get(place(server))).text
    for part in ("@Live pings", 'class="pings"', 'data-color="#ff0000"', 'src="https://a.b/p.png"', "Viewers",
                 'href="https://a.b/watch"', "<option", "clips.a.b/x"):  # fmt: skip
        assert part in page


async def test_a_visitor_writes_as_a_member(server: Any, pages: httpx.AsyncClient) -> None:
    eyes = {"as": str(server.member().user_id)}
    page = await pages.post(f"{place(server)}/write", params=eyes, data={"text": "hello **there**"})
    assert "hello <strong>there</strong>" in page.text
    assert server.member().shown_name in page.text


async def test_what_went_wrong_is_said_once_and_to_that_person(server: Any, pages: httpx.AsyncClient) -> None:
    page = await pages.post(f"{place(server)}/write", data={"text": "/nothing"})
    assert "There is no command /nothing." in page.text
    other = await pages.get(place(server), params={"as": str(server.member().user_id)})
    assert "There is no command" not in other.text
    assert "There is no command" not in (await pages.post(f"{place(server)}/write", data={"text": "hi"})).text


async def test_a_bot_that_does_not_answer(
    server: Any, pages: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_simulator.interactions.person.ANSWER_MS", 20)
    server.discord.commands.overwrite(0, [{"name": "help", "description": "What it does"}])
    assert "What it does" in (await pages.get(place(server))).text
    page = await pages.post(f"{place(server)}/write", data={"text": "/help"})
    assert "The application did not respond" in page.text


async def test_an_ephemeral_answer_is_for_one_person(server: Any, pages: httpx.AsyncClient) -> None:
    desk, data = server.discord.desk, {"name": "help", "options": []}
    interaction = desk.start(2, (server.guild, server.channel("live")), server.owner(), data)
    body = {"type": 4, "data": {"content": "for you", "flags": EPHEMERAL}}
    desk.callback(interaction.interaction_id, interaction.token, body, [])
    mine = (await pages.get(place(server))).text
    assert "for you" in mine
    assert "Only you can see this" in mine
    assert "used <b>/help</b>" in mine
    assert "for you" not in (await pages.get(place(server), params={"as": str(server.member().user_id)})).text


async def test_forms_of_other_sites_are_refused(server: Any, pages: httpx.AsyncClient) -> None:
    answer = await pages.post(
        f"{place(server)}/write", data={"text": "hi"}, headers={"Sec-Fetch-Site": "cross-site"}
    )  # fmt: skip
    assert answer.status_code == 403


def question(server: Any, **change: str) -> dict[str, str]:
    query = {
        "client_id": str(server.bot_id), "response_type": "code", "redirect_uri": "http://localhost/back",
        "scope": "identify guilds", "state": "s&t", "code_challenge": "c", "code_challenge_method": "S256",
    }  # fmt: skip
    return query | change


async def test_a_person_agrees_and_is_led_back_with_code_and_state(server: Any, pages: httpx.AsyncClient) -> None:
    query = question(server)
    asked = await pages.get("/oauth2/authorize", params=query)
    assert "See which servers you are in" in asked.text
    agreed = {"decision": "agree", "user_id": str(server.owner().user_id)}
    led = await pages.post("/oauth2/authorize", params=query, data=agreed, follow_redirects=False)
    back = parse_qs(urlsplit(led.headers["location"]).query)
    assert (led.status_code, back["state"], set(back)) == (302, ["s&t"], {"code", "state"})
    denied = await pages.post("/oauth2/authorize", params=query, data={"decision": "no"}, follow_redirects=False)
    assert parse_qs(urlsplit(denied.headers["location"]).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "5"},
        {"scope": "identify admin"},
        {"scope": ""},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": ""},
        {"response_type": "token"},
    ],
)
async def test_a_wrong_link_is_not_followed(server: Any, pages: httpx.AsyncClient, change: dict[str, str]) -> None:
    query = question(server, **change)
    assert (await pages.get("/oauth2/authorize", params=query)).status_code == 400
    agreed = {"decision": "agree", "user_id": str(server.owner().user_id)}
    assert (await pages.post("/oauth2/authorize", params=query, data=agreed)).status_code == 400


async def test_the_bot_is_added_by_who_may_manage_the_server(server: Any, pages: httpx.AsyncClient) -> None:
    other = list(server.discord.world.guilds.values())[1]
    assert server.bot_id not in other.members
    query = {"client_id": str(server.bot_id), "scope": "bot applications.commands", "permissions": "3072"}
    form = {"decision": "agree", "guild_id": str(other.guild_id)}
    stranger = next(each for each in server.discord.world.people if each not in other.members)
    refused = await pages.post("/oauth2/authorize", params=query, data=form | {"user_id": str(stranger)})
    assert refused.status_code == 403
    page = await pages.post("/oauth2/authorize", params=query, data=form | {"user_id": str(other.owner_id)})
    assert other.name in page.text
    assert other.role_of_bot(server.bot_id).permissions == 3072
    assert [event for event, _ in server.heard()] == ["GUILD_CREATE"]


async def test_an_embeds_title_shows_no_escapes_and_has_no_link_but_its_own(
    server: Any, pages: httpx.AsyncClient
) -> None:
    post(server, embeds=[{"title": "ask \\| me at https://a.b/x **now**", "url": "https://a.b/own"}])
    page = (await pages.get(place(server))).text
    assert 'href="https://a.b/own"' in page
    assert "ask | me at https://a.b/x <strong>now</strong></a>" in page
    assert 'href="https://a.b/x"' not in page


async def test_a_server_without_the_bot_links_to_the_question_for_it(server: Any, pages: httpx.AsyncClient) -> None:
    mine = f"guild_id={server.guild.guild_id}"
    assert mine not in (await pages.get("/")).text
    server.discord.leave(server.guild)
    home = (await pages.get("/")).text
    (link,) = [each for each in home.split('"') if each.startswith("/oauth2/authorize") and each.endswith(mine)]
    asked = (await pages.get(link.replace("&amp;", "&"))).text
    assert server.guild.name in asked
    assert "Add to server" in asked


async def test_who_may_manage_a_server_is_offered_first(server: Any, pages: httpx.AsyncClient) -> None:
    demand = {"client_id": str(server.bot_id), "scope": "identify guilds", "redirect_uri": "http://site/back"}
    page = (await pages.get("/oauth2/authorize", params=demand | {"response_type": "code"})).text
    options = page.split("<option")[1:]
    managers = ["who may manage" in each for each in options]
    assert managers == sorted(managers, reverse=True)
    assert False in managers
    owner = server.guild.members[server.guild.owner_id].user
    (offered,) = [each for each in options if f'value="{owner.user_id}"' in each]
    assert server.guild.name in offered
