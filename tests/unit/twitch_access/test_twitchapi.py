"""Each fault of twitchAPI 4.5.0 that docs/architecture.md names: a release that repairs one fails here."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import psutil
import pytest
from aiohttp import ContentTypeError
from twitchAPI.oauth import CodeFlow, UserAuthenticator
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope, InvalidRefreshTokenException, TwitchBackendException
from unit.support.scripted_twitch import Reply, ScriptedTwitch

from embedded.processes.ports import free_ports

SCOPES = [AuthScope.CLIPS_EDIT]
PATIENCE_SECONDS = 1.0  # for what never comes


def reply(status: int, **fields: object) -> Reply:
    headers = {"Content-Type": "application/json", "Ratelimit-Reset": str(int(time.time()))}
    return Reply(status, {"status": status} | fields, headers)


def client(twitch: ScriptedTwitch) -> Twitch:
    return Twitch("us", "the-secret", authenticate_app=False, base_url=twitch.url, auth_base_url=twitch.url)


async def signed_in(twitch: ScriptedTwitch) -> Twitch:
    helix = client(twitch)
    await helix.set_user_authentication("token", SCOPES, "refresh", validate=False)
    return helix


@asynccontextmanager
async def browser(twitch: ScriptedTwitch, port: int, **settings: Any) -> AsyncIterator[tuple[str, asyncio.Task[Any]]]:
    """The shown page's address, empty if none is shown in time, and the flow that waits for the browser."""
    addresses: list[str] = []

    async def show(address: str) -> None:
        addresses.append(address)

    authenticator = UserAuthenticator(client(twitch), SCOPES, port=port, auth_base_url=twitch.url, **settings)
    flow = asyncio.ensure_future(authenticator.authenticate(use_browser=False, auth_url_callback=show))
    try:
        await asyncio.wait({flow}, timeout=PATIENCE_SECONDS)
        yield "".join(addresses), flow
    finally:
        flow.cancel()
        authenticator.stop()  # else its thread keeps the tests' process alive


async def test_browser_listens_everywhere_by_default(twitch: ScriptedTwitch):
    (port,) = free_ports(1)
    async with browser(twitch, port):
        own = [each.laddr for each in psutil.Process().net_connections("tcp") if not each.raddr]
        assert ("0.0.0.0", port) in own


async def test_browser_ignores_a_refusal(twitch: ScriptedTwitch):
    (port,) = free_ports(1)
    async with browser(twitch, port) as (address, flow), httpx.AsyncClient(trust_env=False) as person:
        query = {"state": httpx.URL(address).params["state"], "error": "access_denied"}
        await person.get(f"http://127.0.0.1:{port}/", params=query)
        await asyncio.wait({flow}, timeout=PATIENCE_SECONDS)
        assert not flow.done()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_browser_waits_for_ever_on_a_taken_port(twitch: ScriptedTwitch):
    async with browser(twitch, httpx.URL(twitch.url).port or 0, host="127.0.0.1") as (address, flow):
        assert not address
        assert not flow.done()


async def test_browser_puts_the_secret_into_an_address(twitch: ScriptedTwitch):
    """And so into the error's text, and into the log of any proxy."""
    twitch.answer(Reply(502, b"<html>", {"Content-Type": "text/html"}))
    authenticator = UserAuthenticator(client(twitch), SCOPES, auth_base_url=twitch.url)
    with pytest.raises(ContentTypeError, match=r"token\?.*the-secret"):
        await authenticator.authenticate(user_token="code")


@pytest.mark.parametrize("message", ["access_denied", "slow_down", "invalid device code"])
async def test_device_polls_each_second_whatever_is_answered(twitch: ScriptedTwitch, message: str):
    device = reply(200, device_code="d", user_code="U", verification_uri="", expires_in=2, interval=60)
    twitch.answer(device, reply(400, message=message))
    flow = CodeFlow(client(twitch), SCOPES, auth_base_url=twitch.url)
    await flow.get_code()
    with pytest.raises(TimeoutError):
        await flow.wait_for_auth_complete()
    assert len(twitch.requests) > 2


async def test_device_hides_why_a_client_is_refused(twitch: ScriptedTwitch):
    twitch.answer(reply(400, message="invalid client"))
    with pytest.raises(KeyError, match="device_code"):
        await CodeFlow(client(twitch), SCOPES, auth_base_url=twitch.url).get_code()


async def test_helix_repeats_a_post_on_503(twitch: ScriptedTwitch):
    twitch.answer(reply(503))
    with pytest.raises(TwitchBackendException):
        await (await signed_in(twitch)).create_clip("1")
    assert [each.method for each in twitch.requests] == ["POST", "POST"]


@pytest.mark.parametrize("status", [403, 429])
async def test_helix_finds_no_clips_where_it_was_refused(twitch: ScriptedTwitch, status: int):
    twitch.answer(reply(status, message="no"))
    helix = await signed_in(twitch)
    assert [clip async for clip in helix.get_clips(broadcaster_id="1")] == []


async def test_helix_hangs_after_a_failed_refresh(twitch: ScriptedTwitch):
    unauthorized = reply(401, message="invalid token")
    twitch.answer(unauthorized, reply(400, message="invalid refresh token"), unauthorized)
    helix = await signed_in(twitch)
    with pytest.raises(InvalidRefreshTokenException):
        await helix.create_clip("1")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(helix.create_clip("1"), PATIENCE_SECONDS)
