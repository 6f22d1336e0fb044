"""Who a client is, what may be framed, and what the policy lets in."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from api_frontend.data.stored_moment import web_address
from api_frontend.middleware.security import Clients, content_policy
from api_frontend.settings import TWITCH_FRAMES, ApiSettings
from api_frontend.text.links import embed_address


def scope(peer: str, told: str | None = None) -> dict[str, Any]:
    """A request from a peer, with Cloudflare's header if told."""
    headers = [(b"cf-connecting-ip", told.encode())] if told else []
    return {"type": "http", "client": (peer, 1), "headers": headers}


NETWORKS = ApiSettings(tunnel_networks="10.0.0.0/24 ::1/128").networks()


def client_of(peer: str, told: str | None = None, trust: bool = True) -> str:
    """Who a request is from, where the tunnel is in 10.0.0.0/24."""
    return Clients(trust, NETWORKS).of(scope(peer, told))


def test_cloudflares_word_counts_only_where_it_is_trusted() -> None:
    assert client_of("10.0.0.1", "203.0.113.9", trust=False) == "10.0.0.1"
    assert client_of("10.0.0.1", "203.0.113.9") == "203.0.113.9"
    assert client_of("10.0.0.1", "nonsense") == "10.0.0.1"


def test_cloudflares_word_counts_only_from_the_tunnel() -> None:
    assert client_of("10.0.1.1", "203.0.113.9") == "10.0.1.1"
    assert client_of("192.0.2.4", "203.0.113.9") == "192.0.2.4"
    assert client_of("::1", "203.0.113.9") == "203.0.113.9"
    assert client_of("::ffff:10.0.0.1", "203.0.113.9") == "203.0.113.9"
    assert client_of("::ffff:192.0.2.4", "203.0.113.9") == "192.0.2.4"


def test_this_machine_and_dockers_networks_are_the_tunnels_by_default() -> None:
    clients = Clients(True, ApiSettings().networks())
    assert {clients.of(scope(peer, "203.0.113.9")) for peer in ("127.0.0.1", "::1", "172.18.0.5")} == {"203.0.113.9"}
    assert clients.of(scope("192.168.1.7", "203.0.113.9")) == "192.168.1.7"


def through(proxy: str, visitor: str, told: str | None = None) -> dict:
    """A request as our proxy passes it on."""
    asked = scope(proxy, told)
    return {**asked, "headers": [*asked["headers"], (b"x-forwarded-for", visitor.encode())]}


def test_behind_our_proxy_visitors_are_told_apart() -> None:
    clients = Clients(True, ApiSettings().networks(), trust_proxy=True)
    assert clients.of(through("172.18.0.2", "203.0.113.7")) == "203.0.113.7"
    assert clients.of(through("172.18.0.2", "2001:db8:1:2::9")) == "2001:db8:1:2::"
    tunnel = "172.19.0.3"
    assert clients.of(through("172.18.0.2", tunnel, told="203.0.113.9")) == "203.0.113.9"
    assert clients.of(through("172.18.0.2", "100.64.0.7", told="203.0.113.9")) == "100.64.0.7", "no tunnel"
    assert clients.of(through("172.18.0.2", "nonsense")) == "172.18.0.2"


def test_without_a_proxy_nobody_may_say_who_sent_it() -> None:
    assert Clients(False).of(through("198.51.100.1", "203.0.113.7")) == "198.51.100.1"


def test_a_network_that_is_none_is_named_at_the_start() -> None:
    with pytest.raises(ValueError, match="tunnel_networks"):
        ApiSettings(tunnel_networks="10.0.0.0/24 everywhere")


@pytest.mark.parametrize("told", [None, "2001:db8:1:2::9"])
def test_an_ipv6_household_is_one_client(told: str | None) -> None:
    one = client_of("10.0.0.1", told) if told else client_of("2001:db8:1:2:3::4")
    assert one == client_of("2001:db8:1:2:ffff::9") == "2001:db8:1:2::"
    assert one != client_of("2001:db8:1:3::9")


def test_ipv4_clients_of_an_ipv6_socket_are_told_apart() -> None:
    assert client_of("::ffff:203.0.113.9") == client_of("203.0.113.9") == "203.0.113.9"
    assert client_of("10.0.0.1", "::ffff:203.0.113.8") == "203.0.113.8"


def test_a_tunnel_that_makes_all_visitors_one_is_told_once() -> None:
    with capture_logs() as logs:
        for clients in (Clients(trust_cloudflare=True), Clients(trust_cloudflare=False)):
            for told in (None, "203.0.113.9", "203.0.113.8"):
                clients.of(scope("10.0.0.1", told))
    assert [entry["event"] for entry in logs if "API_TRUST_CLOUDFLARE" in entry["event"]] == [logs[0]["event"]]


def test_nothing_inline_and_nothing_foreign() -> None:
    policy = content_policy(ApiSettings())
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_the_player_names_the_site_as_its_parent() -> None:
    address = embed_address("https://clips.twitch.tv/embed?clip=A", TWITCH_FRAMES, ["localhost", "scout.example"])
    assert address == "https://clips.twitch.tv/embed?clip=A&parent=localhost&parent=scout.example&autoplay=true"


@pytest.mark.parametrize(
    "embed", [None, "", "javascript:alert(1)", "https://evil.example/embed?clip=A", "https://clips.twitch.tv.evil/x"]
)
def test_a_foreign_player_is_not_framed(embed: str | None) -> None:
    assert embed_address(embed, TWITCH_FRAMES, ["localhost"]) is None


def test_a_player_of_the_site_itself_is_framed_only_where_that_is_allowed() -> None:
    assert embed_address("/embed?clip=A", "'self'", ["localhost"]) == "/embed?clip=A&parent=localhost&autoplay=true"
    assert embed_address("/embed?clip=A", TWITCH_FRAMES, ["localhost"]) is None
    assert embed_address("//evil.example/embed?clip=A", "'self'", ["localhost"]) is None


@pytest.mark.parametrize("text", [None, "", "javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_web_addresses_become_links(text: str | None) -> None:
    assert web_address(text) is None


def test_settings_cannot_widen_the_policy_by_accident() -> None:
    with pytest.raises(ValueError, match="frame_sources"):
        ApiSettings(frame_sources="https://a.example; script-src *")
