"""A session is put together of all its parts; the listener knows what is news."""

import asyncio
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from contracts.notifications import moment_in
from discord_bot.client import use_addresses
from discord_bot.data.database import Database
from discord_bot.polling.twitch import TwitchByHelix
from discord_bot.posting.moment_listener import REMEMBERED, Versions
from discord_bot.sending.errors import Away
from discord_bot.serving import Serving, first_of
from discord_bot.session import Session, Stores, Surroundings
from discord_bot.settings import DiscordSettings
from twitch_access.helix import Helix

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DiscordSettings:
    (tmp_path / "token").write_text("x")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    return DiscordSettings()  # type: ignore[call-arg]


def session_of(settings: DiscordSettings, has_twitch: bool = False) -> Session:
    return Session(
        Surroundings(
            settings=settings,
            conninfo=NOWHERE,
            stores=Stores(Database(NOWHERE), settings, "me"),
            twitch=TwitchByHelix(Helix(None)) if has_twitch else None,
            points_per_minute=200,
            holds=lambda: True,
        )
    )


@pytest.mark.parametrize(("has_twitch", "workers"), [(True, 9), (False, 7)])
async def test_a_session_has_all_its_workers(settings: DiscordSettings, has_twitch: bool, workers: int) -> None:
    session = session_of(settings, has_twitch)
    found = session._workers()
    for each in found:
        each.close()
    assert len(found) == workers
    assert not session.is_connected()
    await session.client.close()


async def test_a_discord_that_cannot_be_reached_ends_the_session_and_not_the_program(
    settings: DiscordSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Route, "BASE", "http://127.0.0.1:1/api/v10")
    with pytest.raises(ExceptionGroup) as failed:
        await asyncio.wait_for(session_of(settings).run(), 10.0)
    assert isinstance(first_of(failed.value), Away)


def test_an_instance_that_stands_by_is_ready_and_says_so(settings: DiscordSettings) -> None:
    serving = Serving(settings=settings, conninfo=NOWHERE, twitch=None, points_per_minute=200)
    assert serving.problems() == {}
    assert set(serving.notes()) == {"lease", "twitch"}


def test_another_discord_is_used_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    use_addresses("", "")
    assert (base, gateway) == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.setattr(Route, "BASE", base)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", gateway)
    use_addresses("http://127.0.0.1:1/api/v10/", "ws://127.0.0.1:2/")
    assert Route("GET", "/users/@me").url == "http://127.0.0.1:1/api/v10/users/@me"
    assert yarl.URL("ws://127.0.0.1:2/") == DiscordWebSocket.DEFAULT_GATEWAY


def test_notifications() -> None:
    assert moment_in('{"id": "m1", "revision": 2}') == "m1"
    for other in ('{"channel": "1"}', "", "[]", '{"id": 5}', "nonsense"):
        assert moment_in(other) is None


def test_a_version_is_news_until_it_was_handed_on() -> None:
    versions = Versions()
    assert versions.changed({"m1": "1.0", "m2": "1.0"}) == ["m1", "m2"]
    assert versions.changed({"m1": "1.0"}) == ["m1"]
    versions.remember({"m1": "1.0", "m2": "1.0"})
    assert versions.changed({"m1": "2.0", "m2": "1.0"}) == ["m1"]
    versions.remember({str(number): "1.0" for number in range(REMEMBERED)})
    assert versions.changed({"m2": "1.0"}) == ["m2"]
