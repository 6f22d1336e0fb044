"""Nobody reads or changes what is not theirs: sign-ins, sessions, forms and every address of the Discord pages."""

import re
from hashlib import sha256
from typing import Any

import httpx
from integration.support.discord_site import BotWorld, rows
from integration.support.discord_visitor import FORM, Visitor, encoded, page_of
from itsdangerous import URLSafeSerializer

from api_frontend.accounts.cookies import SIGNING, bytes_of, joined
from discord_simulator.process import CLIENT

COMMANDS = ("setchannel", "clips", "language", "addstreamer", "removestreamer")
SESSION = "discord_session"


def state_of(world: BotWorld) -> list[list[tuple[Any, ...]]]:
    """All that a person could change."""
    return [
        rows(world.dsn, f"SELECT * FROM {table} ORDER BY 1, 2")
        for table in ("discord_guilds", "discord_follows", "discord_pauses", "discord_places")
    ]


def posts(server: dict[str, Any]) -> list[str]:
    """Every address that changes a server."""
    return [f"{page_of(server)}/{command}" for command in COMMANDS]


def follow(world: BotWorld, server: dict[str, Any], channel_id: str) -> None:
    """Let a server follow somebody."""
    rows(world.dsn, "INSERT INTO discord_streamers VALUES (%s, 'secret', 'Secret') ON CONFLICT DO NOTHING", channel_id)
    rows(world.dsn, "INSERT INTO discord_follows VALUES (%s, %s)", server["guild_id"], channel_id)


def test_no_address_of_another_server_is_read_or_changed(
    world: BotWorld, owner: Visitor, one: dict[str, Any], two: dict[str, Any]
) -> None:
    follow(world, two, "77")
    rows(world.dsn, "UPDATE discord_guilds SET template = 'theirs' WHERE guild_id = %s", two["guild_id"])
    form = dict(owner.form(page_of(one), "setchannel").fields)
    before = state_of(world)
    guessed = [f"/discord/servers/{each}" for each in ("1", "0", "-1", "9" * 20, "%2e%2e", "x", "٣")]
    for page in (page_of(two), f"{page_of(two)}/streamers/77", f"{page_of(one)}/streamers/77", *guessed):
        answer = owner.http.get(page)
        assert answer.status_code in (404, 422), page
        assert not {"theirs", "Secret", two["name"]} & set(re.split(r"[<>]", answer.text)), page
    for address in [*posts(two), *(f"{page}/language" for page in guessed)]:
        for more in ({"of": "77", "streamer": "id:77"}, {"do": "preview", "piece": "1"}):
            answer = owner.http.post(address, data=form | {"language": "de", "streamers": "luna"} | more)
            assert answer.status_code in (404, 422), address
            assert "theirs" not in answer.text
    for more in ({"of": "77", "streamers": "id:77"}, {"streamer": "id:77"}):
        command = "removestreamer" if "streamer" in more else "addstreamer"
        answer = owner.http.post(f"{page_of(one)}/{command}", data={"csrf": form["csrf"], "role": ""} | more)
        assert answer.status_code in (400, 404)
    assert state_of(world) == before
    unknown = {owner.http.get(page_of(each)).text for each in (two, {"guild_id": "1"})}
    assert len({re.sub(r"servers/\d+", "", page) for page in unknown}) == 1  # whether a server exists is not said


def test_a_channel_or_role_of_another_server_cannot_be_chosen(
    world: BotWorld, owner: Visitor, one: dict[str, Any], two: dict[str, Any]
) -> None:
    follow(world, one, "78")
    before = state_of(world)
    theirs = {"channel": two["channels"]["live"], "role": two["roles"]["Live pings"]}
    for command, names in (("setchannel", theirs), ("clips", ["channel"]), ("addstreamer", theirs)):
        for name in names:
            answer = owner.send(page_of(one), command, streamers="luna", **{name: theirs[name]})
            assert answer.status_code == 400, (command, name)
    for name in theirs:
        answer = owner.send(f"{page_of(one)}/streamers/78", "addstreamer", **{name: theirs[name]})
        assert answer.status_code == 400, name
    assert state_of(world) == before


def test_without_a_session_nothing_is_read_or_changed(world: BotWorld, owner: Visitor, one: dict[str, Any]) -> None:
    form = dict(owner.form(page_of(one), "setchannel").fields)
    before = state_of(world)
    with Visitor(world.site.url, world.discord) as stranger:
        assert "Sign in with Discord" in stranger.http.get("/discord/servers").text
        for page in (page_of(one), f"{page_of(one)}/streamers/1"):
            assert stranger.http.get(page).status_code == 401
        for address in (*posts(one), "/discord/sign-out"):
            answer = stranger.http.post(address, data=form)
            assert answer.status_code == 401
            assert "sign in with Discord again" in answer.text
    assert state_of(world) == before


def test_a_form_counts_only_with_the_token_of_its_session(
    world: BotWorld, owner: Visitor, one: dict[str, Any], two: dict[str, Any]
) -> None:
    form = dict(owner.form(page_of(one), "language").fields) | {"language": "de"}
    with world.owner_of(two) as other:
        foreign = dict(other.sign_in().form(page_of(two), "language").fields)["csrf"]
    again = Visitor(world.site.url, world.discord, one["owner_id"]).sign_in()
    of_another_browser = dict(again.form(page_of(one), "language").fields)["csrf"]
    before = state_of(world)
    without = {name: value for name, value in form.items() if name != "csrf"}
    for token in (None, "", "ü", foreign, of_another_browser, form["csrf"][:-1] + "x"):
        sent = without if token is None else form | {"csrf": token}
        for address in (*posts(one), "/discord/sign-out"):
            answer = owner.http.post(address, data=sent)
            assert answer.status_code == 403, (address, token)
    assert owner.http.post(f"{page_of(one)}/language", json=form).status_code == 403
    evil = {"Origin": "https://evil.example"}
    assert owner.http.post(f"{page_of(one)}/language", data=form, headers=evil).status_code == 403
    assert state_of(world) == before
    assert owner.http.post(f"{page_of(one)}/language", data=form).status_code == 303
    again.http.close()


def test_strange_forms_are_refused_plainly(world: BotWorld, owner: Visitor, one: dict[str, Any]) -> None:
    address, token = f"{page_of(one)}/language", dict(owner.form(page_of(one), "language").fields)["csrf"]
    before = state_of(world)
    for content, status in (
        (b"csrf=" + b"x" * 40_000, 413), (b"\xff\xfe", 400), (b"&".join([b"a=1"] * 200), 400), (b"", 403),
        (encoded([("csrf", token), ("language", "\x00")]), 400),
    ):  # fmt: skip
        assert owner.http.post(address, content=content, headers=FORM).status_code == status, content[:20]
    assert owner.http.post(f"{page_of(one)}/destroy", data={"csrf": token}).status_code == 404
    assert owner.http.post(address, data={"csrf": token, "language": "de"}, files={"x": b"1"}).status_code in (400, 403)
    assert state_of(world) == before


def test_a_cookie_that_was_tampered_with_is_nobody(world: BotWorld, owner: Visitor, one: dict[str, Any]) -> None:
    mine = owner.http.cookies[SESSION]
    payload, _, signature = mine.rpartition(".")
    other = URLSafeSerializer("guessed", salt="discord session", signer_kwargs=SIGNING).dumps(["eA==", "eA=="])
    ours = URLSafeSerializer(CLIENT["client_secret"], salt="discord session", signer_kwargs=SIGNING)
    session_id, part = ours.loads(mine)
    right_key = [ours.dumps(each) for each in ([session_id, "eA=="], [part, part], ["ü", 5], {"a": 1}, 7)]
    bad = [mine[:-4] + "AAAA", f"{payload}x.{signature}", payload, other, "", "é", "x" * 5000, *right_key]
    with Visitor(world.site.url, world.discord) as visitor:
        for cookie in bad:
            headers = [(b"Cookie", f"{SESSION}={cookie}".encode())]
            assert visitor.http.get(page_of(one), headers=headers).status_code == 401, cookie[:40]
        good = [(b"Cookie", f"{SESSION}={mine}".encode())]
        assert visitor.http.get(page_of(one), headers=good).status_code == 200


def test_postgres_alone_opens_no_session_and_holds_no_token(world: BotWorld, owner: Visitor) -> None:
    ours = URLSafeSerializer(CLIENT["client_secret"], salt="discord session", signer_kwargs=SIGNING)
    session_id, part = (bytes_of(each) for each in ours.loads(owner.http.cookies[SESSION]))
    ((session_hash, other_part, everything),) = rows(
        world.dsn, "SELECT session_hash, token_part, s::text FROM web_sessions AS s"
    )
    token = joined(part, other_part)
    me = httpx.get(f"{world.discord.api}/users/@me", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200
    assert session_hash == sha256(session_id).digest()
    for secret in (token.encode(), session_id, part):
        assert secret.hex() not in everything
        assert secret != other_part
    assert token not in world.site.log()
    assert owner.http.cookies[SESSION] not in world.site.log()
