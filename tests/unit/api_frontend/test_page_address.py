"""Under which address the site names itself elsewhere."""

import pytest

from api_frontend.middleware.public_address import root_of
from api_frontend.page_address import PageAddress
from api_frontend.settings import ApiSettings

DOMAINS = ["scout.example"]


def root(host: str, **settings: object) -> str:
    """The root for a request with this `Host`."""
    chosen = ApiSettings(site_domains="scout.example", **settings)  # type: ignore[arg-type]
    return root_of({"type": "http", "scheme": "http", "headers": [(b"host", host.encode())]}, chosen, DOMAINS)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("scout.example", "http://scout.example"),
        ("Scout.Example:5000", "http://scout.example:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("192.168.1.20:5000", "http://192.168.1.20:5000"),
        ("evil.example", "https://scout.example"),
        ('"><script>', "https://scout.example"),
        ("", "https://scout.example"),
    ],
)
def test_the_name_is_ours_or_the_first_of_ours(host: str, found: str) -> None:
    assert root(host) == found


def test_a_setting_and_a_tunnel_decide_over_the_connection() -> None:
    assert root("localhost:5000", public_url="https://scout.example/") == "https://scout.example"
    assert root("scout.example", trust_cloudflare=True) == "https://scout.example"


@pytest.mark.parametrize("text", ["scout.example", "https://", 'https://a"b', "https://a.example/path", "javascript:1"])
def test_a_wrong_public_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="public_url"):
        ApiSettings(public_url=text)


def test_a_path_is_encoded() -> None:
    address = PageAddress("https://scout.example", '/moments/a b"<é')
    assert address.canonical() == "https://scout.example/moments/a%20b%22%3C%C3%A9"
    assert address.canonical("mood=awe") == "https://scout.example/moments/a%20b%22%3C%C3%A9?mood=awe"
