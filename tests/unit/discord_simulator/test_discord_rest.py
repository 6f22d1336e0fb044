"""REST: tokens, status and codes, limits in headers, faults on request."""

import json
from typing import Any

import httpx
import pytest

from discord_simulator.faults import EndpointFault


def told(answer: httpx.Response) -> tuple[int, int]:
    """Return status and code of an error."""
    return answer.status_code, answer.json()["code"]


def live(server: Any, rest: str = "/messages") -> str:
    return f"/channels/{server.channel('live').channel_id}{rest}"


async def test_a_request_needs_the_bots_token(rest: httpx.AsyncClient) -> None:
    assert (await rest.get("/users/@me")).json()["username"] == "stream-scout"
    wrong = await rest.get("/users/@me", headers={"Authorization": "Bot wrong"})
    assert (wrong.status_code, wrong.json()) == (401, {"message": "401: Unauthorized", "code": 0})
    assert (await rest.get("/nowhere")).json() == {"message": "404: Not Found", "code": 0}


async def test_answers_have_the_headers_that_clients_look_at(server: Any, rest: httpx.AsyncClient) -> None:
    answer = await rest.post(live(server), json={"content": "x"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["via"] == "1.1 google"
    assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("5", "4")
    gone = await rest.delete(live(server, f"/messages/{answer.json()['id']}"))
    assert (gone.status_code, gone.content) == (204, b"")


async def test_errors_have_discords_codes(server: Any, rest: httpx.AsyncClient) -> None:
    assert told(await rest.post("/channels/5/messages", json={"content": "x"})) == (404, 10003)
    assert told(await rest.post("/channels/live/messages", json={"content": "x"})) == (404, 10003)
    assert told(await rest.get("/guilds/5")) == (404, 10004)
    assert told(await rest.patch(live(server, "/messages/5"), json={"content": "x"})) == (404, 10008)
    assert told(await rest.post(live(server), json={"content": ""})) == (400, 50006)
    assert told(await rest.post(live(server), json={"content": "x" * 2001})) == (400, 50035)
    assert told(await rest.post(live(server), content=b"{")) == (400, 50109)
    assert told(await rest.post(live(server), json=["x"])) == (400, 50035)
    hidden = server.channel("mods").channel_id
    assert told(await rest.get(f"/channels/{hidden}/messages")) == (403, 50001)
    assert told(await rest.put("/applications/1/commands", json=[])) == (403, 20012)
    assert {row["status"] for row in server.rows("refusals")} == {400, 403, 404}


async def test_a_full_bucket_and_the_global_limit_give_429(server: Any, rest: httpx.AsyncClient) -> None:
    answers = [await rest.post(live(server), json={"content": "x"}) for _ in range(6)]
    refused = answers[-1]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert refused.json() == {"message": "You are being rate limited.", "retry_after": 5.0, "global": False}
    assert (refused.headers["x-ratelimit-scope"], refused.headers["retry-after"]) == ("user", "5")
    server.discord.buckets.exhaust_all(server.now, 700)
    everywhere = await rest.get("/gateway/bot")
    assert everywhere.json() == {"message": "You are being rate limited.", "retry_after": 0.7, "global": True}
    assert everywhere.headers["x-ratelimit-global"] == "true"


async def test_too_many_invalid_requests_get_cloudflares_page(
    make_server: Any, rest: httpx.AsyncClient, server: Any
) -> None:
    server.discord.invalid._limit = 2
    for _ in range(2):
        await rest.get("/users/@me", headers={"Authorization": "Bot wrong"})
    closed = await rest.get("/users/@me")
    assert (closed.status_code, "via" in closed.headers) == (429, False)
    assert closed.headers["content-type"].startswith("text/html")


async def test_faults_fail_the_next_requests(server: Any, rest: httpx.AsyncClient) -> None:
    faults = server.discord.faults
    faults.set_endpoint(EndpointFault("POST /channels/*/messages", 502, 1))
    faults.set_endpoint(EndpointFault("/channels/*/messages", 403, 1, code=50013, message="Missing Permissions"))
    faults.set_endpoint(EndpointFault("/users/@me", 429, 1, retry_after_seconds=0.3, scope="shared"))
    faults.set_endpoint(EndpointFault("/gateway", 200, 1, body="<html>"))
    assert (await rest.post(live(server), json={"content": "x"})).status_code == 502
    assert told(await rest.post(live(server), json={"content": "x"})) == (403, 50013)
    limited = await rest.get("/users/@me")
    assert (limited.json()["retry_after"], limited.headers["x-ratelimit-scope"]) == (0.3, "shared")
    assert (await rest.get("/gateway")).text == "<html>"
    assert server.rows("messages") == []


async def test_a_fault_may_hide_that_the_work_was_done(server: Any, rest: httpx.AsyncClient) -> None:
    server.discord.faults.set_endpoint(EndpointFault("POST /channels/*/messages", 500, 1, acts=True))
    body = {"content": "x", "nonce": "n", "enforce_nonce": True}
    assert (await rest.post(live(server), json=body)).status_code == 500
    assert (await rest.post(live(server), json=body)).status_code == 200
    assert [row["action"] for row in server.rows("messages")] == ["create", "repeat"]


async def test_an_absent_discord_answers_nothing(server: Any, rest: httpx.AsyncClient) -> None:
    server.discord.faults.set_away(server.now + 1000)
    assert (await rest.get("/users/@me")).status_code == 503
    server.now += 1000
    assert (await rest.get("/users/@me")).status_code == 200


async def test_a_fault_is_cancelled_by_a_count_of_none(server: Any, rest: httpx.AsyncClient) -> None:
    server.discord.faults.set_endpoint(EndpointFault("/gateway", 500, 5))
    server.discord.faults.set_endpoint(EndpointFault("/gateway", 500, 0))
    assert (await rest.get("/gateway")).status_code == 200


async def test_files_come_as_a_form(server: Any, rest: httpx.AsyncClient, pages: httpx.AsyncClient) -> None:
    png = b"\x89PNG\r\n\x1a\n"
    body = {"embeds": [{"title": "x", "image": {"url": "attachment://a+b.png"}}], "attachments": [{"id": 0}]}
    files = {"files[0]": ("a+b.png", png, "image/png"), "payload_json": (None, json.dumps(body))}
    made = (await rest.post(live(server), files=files)).json()
    (file,) = made["attachments"]
    assert (file["filename"], file["size"], made["embeds"][0]["image"]["url"]) == ("a_b.png", len(png), file["url"])
    shown = await pages.get(httpx.URL(file["url"]).path)
    assert (shown.headers["content-type"], shown.content) == ("image/png", png)
    assert "sandbox" in shown.headers["content-security-policy"]


async def test_where_history_may_not_be_read_there_is_none(server: Any, rest: httpx.AsyncClient) -> None:
    await rest.post(live(server), json={"content": "x"})
    assert [each["content"] for each in (await rest.get(live(server))).json()] == ["x"]
    server.discord.permit(server.guild, server.guild.role_of_bot(server.bot_id), (1 << 10) | (1 << 11))
    everyone = server.guild.roles[server.guild.guild_id]
    server.discord.permit(server.guild, everyone, everyone.permissions & ~(1 << 16))
    assert (await rest.get(live(server))).json() == []


async def test_commands_are_registered_everywhere_and_in_a_server(server: Any, rest: httpx.AsyncClient) -> None:
    path = f"/applications/{server.bot_id}"
    row = {"name": "help", "description": "What it does"}
    (made,) = (await rest.put(f"{path}/commands", json=[row])).json()
    assert (await rest.get(f"{path}/commands/{made['id']}")).json()["name"] == "help"
    here = f"{path}/guilds/{server.guild.guild_id}/commands"
    assert (await rest.post(here, json=row)).json()["guild_id"] == str(server.guild.guild_id)
    assert (await rest.delete(f"{path}/commands/{made['id']}")).status_code == 204
    assert told(await rest.patch(f"{path}/commands/{made['id']}", json={})) == (404, 10063)


async def test_a_person_signs_in(server: Any, rest: httpx.AsyncClient) -> None:
    owner, back = server.owner(), "http://localhost/back"
    code = server.discord.grants.new_code(owner.user_id, back, ("identify", "guilds"))
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
    client = {"client_id": str(server.bot_id), "client_secret": "simulator-secret"}
    assert (await rest.post("/oauth2/token", data=form)).json() == {"error": "invalid_client"}
    token = (await rest.post("/oauth2/token", data=form | client)).json()
    assert (token["token_type"], token["scope"], token["expires_in"]) == ("Bearer", "identify guilds", 604800)
    assert (await rest.post("/oauth2/token", data=form | client)).json()["error"] == "invalid_grant"
    mine = {"Authorization": f"Bearer {token['access_token']}"}
    assert (await rest.get("/users/@me", headers=mine)).json()["id"] == str(owner.user_id)
    guilds = (await rest.get("/users/@me/guilds", headers=mine)).json()
    assert [each["owner"] for each in guilds if each["id"] == str(server.guild.guild_id)] == [True]
    assert (await rest.get("/users/@me/guilds", headers=mine)).status_code == 429
    assert (await rest.post(live(server), headers=mine, json={"content": "x"})).status_code == 401
    basic = httpx.BasicAuth(client["client_id"], client["client_secret"])
    await rest.post("/oauth2/token/revoke", data={"token": token["access_token"]}, auth=basic)
    assert (await rest.get("/users/@me", headers=mine)).status_code == 401


async def test_a_scope_that_was_not_granted_is_refused(server: Any, rest: httpx.AsyncClient) -> None:
    code = server.discord.grants.new_code(server.owner().user_id, "", ("guilds",))
    token = server.discord.grants.redeem(code, "", "")
    answer = await rest.get("/users/@me", headers={"Authorization": f"Bearer {token.value}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("base", ["http://sim/api", "http://sim/api/v10"])
async def test_the_api_has_both_of_discords_bases(rest: httpx.AsyncClient, base: str) -> None:
    assert (await rest.get(f"{base}/gateway")).json() == {"url": "ws://127.0.0.1:2"}
