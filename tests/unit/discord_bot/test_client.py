"""What may go out to Discord without the lease, however late it goes out."""

from types import SimpleNamespace

import pytest
import yarl

from discord_bot.client import BotClient, LeaseOver

API = "https://discord.com/api/v10"
MESSAGES = f"{API}/channels/1/messages"


async def goes_out(method: str, address: str, holds: bool) -> bool:
    client = BotClient(lambda: holds)
    (check,) = client.http.http_trace.on_request_start  # type: ignore[union-attr]
    try:
        await check(None, None, SimpleNamespace(method=method, url=yarl.URL(address)))  # type: ignore[arg-type]
    except LeaseOver:
        return False
    return True


@pytest.mark.parametrize(
    ("method", "address"), [("POST", MESSAGES), ("PATCH", f"{MESSAGES}/2"), ("DELETE", f"{MESSAGES}/2")]
)
async def test_without_the_lease_nothing_changes_a_text_channel(method: str, address: str) -> None:
    """discord.py may have slept for minutes since the sender looked: a limit, an error, a machine that was frozen."""
    assert await goes_out(method, address, holds=True)
    assert not await goes_out(method, address, holds=False)


@pytest.mark.parametrize(
    ("method", "address"),
    [("GET", MESSAGES), ("GET", f"{API}/gateway/bot"), ("POST", f"{API}/interactions/1/token/callback")],
)
async def test_all_else_goes_out(method: str, address: str) -> None:
    assert await goes_out(method, address, holds=False)
