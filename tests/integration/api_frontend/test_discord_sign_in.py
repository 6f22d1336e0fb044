"""Signing in with Discord: what a browser brings back counts once, sessions end, and limits hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from integration.support.api_frontend_process import SiteProcess
from integration.support.discord_site import BotWorld, discord_settings, rows
from integration.support.discord_visitor import Visitor, page_of, query_of
from itsdangerous import URLSafeTimedSerializer

from api_frontend.accounts.cookies import SIGNING
from api_frontend.accounts.sign_in import challenge_of
from discord_simulator.process import CLIENT
from embedded.processes.ports import free_ports

COMMANDS = ("setchannel", "clips", "language", "addstreamer", "removestreamer")
SESSION = "discord_session"


def test_signing_out_deletes_the_session_and_voids_the_token(
    world: BotWorld, owner: Visitor, one: dict[str, Any]
) -> None:
    kept = owner.http.cookies[SESSION]
    form = dict(owner.form(page_of(one), "/discord/sign-out").fields)
    answer = owner.http.post("/discord/sign-out", data=form)
    assert answer.status_code == 200
    assert SESSION not in owner.http.cookies
    assert rows(world.dsn, "SELECT * FROM web_sessions") == []
    stale = [(b"Cookie", f"{SESSION}={kept}".encode())]
    assert owner.http.get(page_of(one), headers=stale).status_code == 401
    assert owner.http.post(f"{page_of(one)}/language", data=form, headers=stale).status_code == 401


def test_a_session_that_has_expired_is_nobody_and_deleted_at_the_next_sign_in(
    world: BotWorld, owner: Visitor, one: dict[str, Any], two: dict[str, Any]
) -> None:
    form = dict(owner.form(page_of(one), "language").fields)
    rows(world.dsn, "UPDATE web_sessions SET expires_at = now() - interval '1 second'")
    assert owner.http.get(page_of(one)).status_code == 401
    assert owner.http.post(f"{page_of(one)}/language", data=form).status_code == 401
    with world.owner_of(two) as other:
        other.sign_in()
    assert rows(world.dsn, "SELECT user_id FROM web_sessions") == [(int(two["owner_id"]),)]


def test_a_session_lasts_a_week_and_its_cookie_is_closed_to_scripts(world: BotWorld, one: dict[str, Any]) -> None:
    with world.owner_of(one) as visitor:
        sent = visitor.http.get("/discord/sign-in")
        answer = visitor.come_back(visitor.agree(sent.headers["location"]))
        for each, name, seconds in ((sent, "discord_state", 600), (answer, SESSION, 604_800)):
            cookie = next(one for one in each.headers.get_list("set-cookie") if one.startswith(f"{name}="))
            assert {f"Max-Age={seconds}", "HttpOnly", "SameSite=lax", "Path=/discord"} <= set(cookie.split("; "))
        assert visitor.http.get("/discord/servers").headers["cache-control"] == "no-store"
        secure = visitor.http.get("/discord/sign-in", headers={"X-Forwarded-Proto": "https"})
        assert "Secure" in secure.headers["set-cookie"]
    ((seconds,),) = rows(world.dsn, "SELECT extract(epoch FROM expires_at - now()) FROM web_sessions")
    assert 604_000 < seconds <= 604_800


def test_discord_is_asked_for_names_and_servers_alone_with_pkce(world: BotWorld) -> None:
    with Visitor(world.site.url, world.discord) as visitor:
        address = visitor.leave()
        query = query_of(address)
        assert query["scope"] == "identify guilds"
        assert query["code_challenge_method"] == "S256"
        signer = URLSafeTimedSerializer(CLIENT["client_secret"], salt="discord state", signer_kwargs=SIGNING)
        state, verifier = signer.loads(visitor.http.cookies["discord_state"])
        assert (state, challenge_of(verifier)) == (query["state"], query["code_challenge"])
        assert CLIENT["client_secret"] not in address
        assert query_of(visitor.leave())["state"] != state


def test_a_state_counts_once_and_in_its_own_browser(world: BotWorld, one: dict[str, Any]) -> None:
    with world.owner_of(one) as visitor, world.owner_of(one) as stranger:
        brought = visitor.agree(visitor.leave())
        kept = visitor.http.cookies["discord_state"]
        for state in ("", "forged", brought["state"] + "x", "ü", "x" * 400):
            answer = visitor.come_back(brought | {"state": state})
            assert answer.status_code == 400
            assert "This sign-in did not start here." in answer.text
        assert stranger.come_back(brought).status_code == 400  # a link with somebody's code, sent to another browser
        stranger.leave()
        assert stranger.come_back(brought).status_code == 400
        assert visitor.come_back(brought).status_code == 303
        again = visitor.agree(visitor.leave())
        for replayed in (brought, brought | {"code": again["code"]}):
            visitor.http.cookies.set("discord_state", kept, domain="localhost.local", path="/discord")
            headers = [(b"Cookie", f"discord_state={kept}".encode())]
            answer = httpx.get(f"{world.site.url}/discord/return", params=replayed, headers=headers)
            assert answer.status_code == 400
    assert len(rows(world.dsn, "SELECT * FROM web_sessions")) == 1


def test_a_code_counts_once_and_only_with_its_verifier(world: BotWorld, one: dict[str, Any]) -> None:
    with world.owner_of(one) as visitor, world.owner_of(one) as other:
        used = visitor.agree(visitor.leave())
        assert visitor.come_back(used).status_code == 303
        stolen = other.agree(other.leave())
        for code in (used["code"], "made-up", stolen["code"]):
            mine = visitor.agree(visitor.leave())
            answer = visitor.come_back(mine | {"code": code})
            assert answer.status_code == 502
            assert "Discord did not confirm the sign-in." in answer.text
    assert len(rows(world.dsn, "SELECT * FROM web_sessions")) == 1


def test_who_cancels_at_discord_is_told_that_nothing_was_changed(world: BotWorld) -> None:
    with Visitor(world.site.url, world.discord) as visitor:
        address = visitor.leave()
        back = world.discord.http.post(address, data={"decision": "cancel"}, follow_redirects=False)
        brought = query_of(back.headers["location"])
        assert brought["error"] == "access_denied"
        page = visitor.come_back(brought)
        assert page.status_code == 200
        assert "You did not sign in, so nothing was changed." in page.text
        assert "discord_state" not in visitor.http.cookies


def test_signing_in_again_ends_the_session_before(world: BotWorld, owner: Visitor, two: dict[str, Any]) -> None:
    before = owner.http.cookies[SESSION]
    owner.user_id = two["owner_id"]
    owner.sign_in()
    assert owner.http.cookies[SESSION] != before
    assert rows(world.dsn, "SELECT user_id FROM web_sessions") == [(int(two["owner_id"]),)]


def test_a_person_who_took_the_access_back_is_signed_out(world: BotWorld, owner: Visitor, one: dict[str, Any]) -> None:
    world.discord.order("revoke")
    answer = owner.http.get(page_of(one))
    assert answer.status_code == 401
    assert rows(world.dsn, "SELECT * FROM web_sessions") == []


def test_while_discord_is_away_nobody_signs_in_and_old_rights_count_for_ten_minutes(
    world: BotWorld, owner: Visitor, one: dict[str, Any]
) -> None:
    with world.owner_of(one) as visitor:
        brought = visitor.agree(visitor.leave())
        for _ in range(10):
            world.discord.order("rest_fault", endpoint="/oauth2/token", status=503, count=1)
        answer = visitor.come_back(brought)
        world.discord.order("rest_fault", endpoint="/oauth2/token", status=503, count=0)
        assert answer.status_code == 502
        assert "Discord does not answer at present." in answer.text
    world.discord.order("rest_fault", endpoint="/users/@me/guilds", status=503, count=100)
    try:
        assert owner.http.get(page_of(one)).status_code == 200
        rows(world.dsn, "UPDATE web_sessions SET guilds_at = now() - interval '11 minutes'")
        answer = owner.http.get(page_of(one))
        assert answer.status_code == 502
        assert "we do not know which servers you may manage now" in answer.text
    finally:
        world.discord.order("rest_fault", endpoint="/users/@me/guilds", status=503, count=0)
    assert owner.http.get(page_of(one)).status_code == 200


@pytest.fixture
def limited(world: BotWorld, tmp_path: Path) -> Iterator[SiteProcess]:
    """A site with low limits, which trusts rights for a while."""
    settings = discord_settings(
        world.discord, tmp_path, API_DISCORD_SIGN_IN_LIMIT="2/hour", API_DISCORD_CHANGE_LIMIT="3/hour",
        API_DISCORD_RIGHTS_SECONDS="60",
    )  # fmt: skip
    with SiteProcess(world.dsn, tmp_path, **settings) as site:
        yield site


def test_sign_ins_and_changes_are_limited_and_rights_are_asked_for_again(
    world: BotWorld, limited: SiteProcess, one: dict[str, Any]
) -> None:
    with world.owner_of(one, limited.url) as visitor, world.owner_of(one, limited.url) as other:
        for each in (visitor, other):
            each.sign_in()
        for number in range(4):
            answer = (visitor if number % 2 else other).send(page_of(one), "language")
            assert answer.status_code == (303 if number < 3 else 429)  # of the person, not of the browser
        assert visitor.send(page_of(one), "language", do="preview", piece="1").status_code == 200
        refused = visitor.come_back(visitor.agree(visitor.leave()))
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        rows(world.dsn, "UPDATE web_sessions SET guilds = '{}'")
        assert visitor.http.get(page_of(one)).status_code == 404  # not asked for again yet
        rows(world.dsn, "UPDATE web_sessions SET guilds_at = now() - interval '61 seconds'")
        assert visitor.http.get(page_of(one)).status_code == 200


@pytest.mark.parametrize("missing", ["CLIENT_ID", "CLIENT_SECRET_FILE"])
def test_without_its_settings_the_page_explains_and_nobody_signs_in(
    bot_world: BotWorld, tmp_path: Path, missing: str
) -> None:
    settings = discord_settings(bot_world.discord, tmp_path, **{f"API_DISCORD_{missing}": ""})
    (tmp_path / "discord_client_secret").write_text("" if missing.endswith("FILE") else "simulator-secret")
    with SiteProcess(bot_world.dsn, tmp_path, **settings) as site, httpx.Client(base_url=site.url) as http:
        page = http.get("/discord")
        assert page.status_code == 200
        assert "What it looks like" in page.text
        assert ("Add to Discord" in page.text) == (missing != "CLIENT_ID")
        assert "Settings of your servers" not in page.text
        for address in ("/discord/sign-in", "/discord/return", "/discord/servers", "/discord/servers/1"):
            assert http.get(address).status_code == 404, address
        assert http.post("/discord/servers/1/language").status_code == 404


def test_an_unreachable_discord_is_told(bot_world: BotWorld, tmp_path: Path) -> None:
    (nobody,) = free_ports(1)
    settings = discord_settings(bot_world.discord, tmp_path, API_DISCORD_API_URL=f"http://127.0.0.1:{nobody}/api")
    person = bot_world.servers[0]["owner_id"]
    with (
        SiteProcess(bot_world.dsn, tmp_path, **settings) as site,
        Visitor(site.url, bot_world.discord, person) as visitor,
    ):
        answer = visitor.come_back(visitor.agree(visitor.leave()))
        assert answer.status_code == 502
        assert "Please try again in a minute." in answer.text
