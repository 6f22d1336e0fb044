"""The control API: what tests order, and what it answers to wrong orders."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from discord_simulator.web import api_application

COMMAND = {
    "name": "say",
    "description": "Say it",
    "options": [{"type": 3, "name": "text", "description": "What", "required": True, "autocomplete": True}],
}


class AnsweringBot:
    """A session that answers every interaction at once."""

    def __init__(self, server: Any) -> None:
        self._server = server
        server.discord.hub.open(self, 1, (0, 1))

    def send(self, text: str) -> None:
        row = json.loads(text)
        if row["t"] == "INTERACTION_CREATE":
            told = row["d"]
            self._server.discord.desk.callback(int(told["id"]), told["token"], self.answer(told), [])

    def answer(self, told: dict[str, Any]) -> dict[str, Any]:
        """Return what to answer: the value, in capitals as a suggestion."""
        options = told["data"].get("options", [])
        if told["type"] == 4:
            (option,) = [each for each in options if each.get("focused")]
            return {"type": 8, "data": {"choices": [{"name": option["value"].upper(), "value": option["value"]}]}}
        said = options[0]["value"] if options else told["data"]["custom_id"]
        return {"type": 4, "data": {"content": said, "flags": 64}}


@pytest.fixture
async def control(server: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(api_application(server.discord))
    async with httpx.AsyncClient(transport=transport, base_url="http://sim/control") as client:
        yield client


async def ordered(control: httpx.AsyncClient, name: str, /, **fields: Any) -> dict[str, Any]:
    answer = await control.post(f"/{name}", json=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_servers_channels_and_roles_are_made_and_deleted(server: Any, control: httpx.AsyncClient) -> None:
    made = await ordered(control, "guild", name="Made")
    assert (made["name"], made["has_bot"]) == ("Made", True)
    place = {"guild_id": made["guild_id"]}
    channel = await ordered(control, "channel", name="new", **place)
    role = await ordered(control, "role", name="Red", mentionable=True, **place)
    owner = made["owner_id"]
    member = await ordered(control, "member_role", user_id=owner, role_id=role["id"], **place)
    assert member["roles"][-1] == role["id"]
    assert (await ordered(control, "change_role", role_id=role["id"], permissions=8, **place))["permissions"] == "8"
    await ordered(control, "delete_role", role_id=role["id"], **place)
    await ordered(control, "delete_channel", channel_id=channel["id"])
    assert (await ordered(control, "change_guild", name="Other", locale="de", **place))["name"] == "Other"
    assert (await ordered(control, "membership", action="kick", **place))["has_bot"] is False
    assert [event for event, _ in server.heard()] == [
        "GUILD_CREATE", "CHANNEL_CREATE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE",
        "CHANNEL_DELETE", "GUILD_UPDATE", "GUILD_DELETE",
    ]  # fmt: skip
    names = [each["name"] for each in (await control.get("/guilds")).json()]
    assert names == [server.guild.name, names[1], "Other"]


async def test_a_person_types_and_the_bot_answers(server: Any, control: httpx.AsyncClient) -> None:
    AnsweringBot(server)
    server.discord.commands.overwrite(0, [COMMAND])
    place = {"channel_id": str(server.channel("live").channel_id), "user_id": str(server.owner().user_id)}
    suggested = await ordered(control, "suggest", text="/say text:he", **place)
    assert suggested["choices"] == [{"name": "HE", "value": "he"}]
    assert (await ordered(control, "suggest", text="/say", **place))["choices"] == []
    said = await ordered(control, "command", text="/say hello", **place)
    assert (said["answered"], said["ephemeral"], said["message"]["content"]) == (True, True, "hello")
    mine = (await control.get("/messages", params=place)).json()
    theirs = (await control.get("/messages", params={"channel_id": place["channel_id"]})).json()
    assert ([each["content"] for each in mine], theirs) == (["hello"], [])
    assert [each["name"] for each in (await control.get("/offered", params=place)).json()] == ["say"]
    wrong = await control.post("/command", json=place | {"text": "/say"})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "Missing: text")


async def test_messages_grow_old_and_go(server: Any, control: httpx.AsyncClient) -> None:
    place = {"channel_id": str(server.channel("live").channel_id)}
    said = await ordered(control, "say", user_id=str(server.owner().user_id), content="hi", **place)
    aged = await ordered(control, "age", message_id=said["id"], seconds=3600, **place)
    assert aged["timestamp"] < said["timestamp"]
    await ordered(control, "delete_message", message_id=said["id"], **place)
    gone = await control.post("/age", json=place | {"message_id": said["id"]})
    assert (gone.status_code, gone.json()["code"]) == (404, 10008)


async def test_faults_and_limits_are_ordered(server: Any, control: httpx.AsyncClient) -> None:
    assert (await ordered(control, "rest_fault", endpoint="/users/@me", count=2))["waiting"] == 2
    assert (await ordered(control, "rest_fault", endpoint="/users/@me", count=0))["waiting"] == 0
    assert (await ordered(control, "exhaust", seconds=2))["until"] == server.now + 2000
    await ordered(control, "exhaust", route="GET /users/@me", seconds=2)
    assert (await ordered(control, "gateway", action="refuse"))["connections"] == 0
    assert (await ordered(control, "away", seconds=3))["until"] == server.now + 3000
    assert (await ordered(control, "clock", offset_ms=5))["now"] == server.now + 5
    state = (await control.get("/state")).json()
    assert (state["ready"], state["guilds"], state["joined"], state["events"]["identify"]) == (True, 2, 1, 1)


async def test_codes_are_made_and_all_sign_ins_are_voided(server: Any, control: httpx.AsyncClient) -> None:
    code = (await ordered(control, "code", user_id=server.owner().user_id, redirect_uri="http://x"))["code"]
    token = server.discord.grants.redeem(code, "http://x", "")
    await ordered(control, "revoke")
    assert server.discord.grants.find(token.value) is None


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("guild", {"nme": "x"}, 422),
        ("away", {"seconds": 0}, 422),
        ("membership", {"guild_id": 5, "action": "kick"}, 404),
        ("delete_channel", {"channel_id": 5}, 404),
        ("say", {"channel_id": 5, "user_id": 5, "content": "x"}, 422),
        ("command", {"channel_id": 5, "user_id": 5, "text": "/x"}, 404),
    ],
)
async def test_wrong_orders_are_refused(
    control: httpx.AsyncClient, name: str, fields: dict[str, Any], status: int
) -> None:
    assert (await control.post(f"/{name}", json=fields)).status_code == status
